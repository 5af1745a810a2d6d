-- A role that was given until a day opens nothing from the first moment of the next (ahead 12, 7.5), whenever
-- the membership itself is ended: as with any right that goes, nobody waits for a job.
create or replace function standing(account_ uuid, organisation_ uuid) returns json
  language sql stable parallel safe
  return (
    select json_build_object(
      'account', json_build_object(
        'id', a.id,
        'type', a.account_type,
        'state', a.state,
        'email', a.email,
        'email_confirmed', a.email_confirmed_at is not null,
        'given_name', a.given_name,
        'family_name', a.family_name,
        'language', a.language,
        'rights_version', a.rights_version,
        'app_roles', (
          select json_object_agg(r.client_id, r.roles) from (
            select client_id, json_agg(role order by role) as roles
              from app_role where account_id = a.id group by client_id
          ) r
        )
      ),
      'organisation', (
        select json_build_object(
          'id', o.id,
          'name', o.name,
          'bce', o.bce,
          'kind', o.kind,
          'nonprofit', o.nonprofit,
          'legal_form', o.legal_form,
          'options', o.options,
          'to_check', o.to_check,
          'role', m.role,
          'membership', m.id
        )
        from membership m join organisation o on o.id = m.organisation_id
        where m.account_id = a.id and m.organisation_id = organisation_
          and m.state = 'active' and o.state <> 'closed'
          and (m.ends_on is null or m.ends_on >= (now() at time zone 'Europe/Brussels')::date)
      ),
      -- Up to two, which is enough to know whether there is a choice to make.
      'choices', (
        select coalesce(json_agg(json_build_object(
          'organisation', c.organisation_id, 'membership', c.id
        )), '[]') from (
          select m.organisation_id, m.id
            from membership m join organisation o on o.id = m.organisation_id
            where m.account_id = a.id and m.state = 'active' and o.state <> 'closed'
              and (m.ends_on is null or m.ends_on >= (now() at time zone 'Europe/Brussels')::date)
            limit 2
        ) c
      )
    )
    from account a where a.id = account_
  );
