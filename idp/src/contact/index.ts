export { contactRoutes } from './routes.ts'
export { type Letterhead, NOBODY, showForm, takeForm } from './write-form.ts'
