export { postgresFailure, postgresMissing } from './missing.ts'
export { obtainPostgres } from './obtain.ts'
export { type Postgres, type PostgresOptions, startPostgres } from './server.ts'
