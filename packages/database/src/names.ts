/** The schema and the role of a service, such as `guide-social`: `guide_social`, `myanm_guide_social`. */
export const schemaOf = (service: string): string => service.replaceAll('-', '_')
export const roleOf = (service: string): string => `myanm_${schemaOf(service)}`
