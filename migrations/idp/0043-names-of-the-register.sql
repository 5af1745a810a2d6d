-- Organisations are found in the copy of the register by the words of their name (ahead 3).

-- The words of a name: without accents, case or signs; « C.P.A.S. » is one word, « cœur » is written out.
create function register_words(name text) returns text[]
  language sql immutable strict parallel safe
  return array_remove(string_to_array(
    regexp_replace(
      -- Gone through point by point only where there is one: an import does this for every name.
      case when strpos(name, '.') > 0
        then regexp_replace(replace(replace(search_key(name), 'œ', 'oe'), 'æ', 'ae')
          collate pg_unicode_fast, '\m([[:alnum:]])\.', '\1', 'g')
        else replace(replace(search_key(name), 'œ', 'oe'), 'æ', 'ae') collate pg_unicode_fast end,
      '[^[:alnum:]]+', ' ', 'g'
    ),
    ' '
  ), '');

-- Those of an enterprise, in whatever language: what is looked for.
create function register_enterprise_words(names jsonb, acronyms jsonb) returns tsvector
  language sql immutable strict parallel safe
  return array_to_tsvector(register_words(
    coalesce(names ->> 'fr', '') || ' ' || coalesce(names ->> 'nl', '') || ' ' ||
    coalesce(names ->> 'de', '') || ' ' || coalesce(names ->> 'en', '') || ' ' ||
    coalesce(names ->> 'und', '') || ' ' ||
    coalesce(acronyms ->> 'fr', '') || ' ' || coalesce(acronyms ->> 'nl', '') || ' ' ||
    coalesce(acronyms ->> 'de', '') || ' ' || coalesce(acronyms ->> 'en', '') || ' ' ||
    coalesce(acronyms ->> 'und', '')
  ));

-- Legal persons only: of natural ones there is no name here.
create index register_enterprise_by_words on register_enterprise
  using gin (register_enterprise_words(names, acronyms)) where type = 'legal';
