export { clusterEnv, initialise } from './cluster.ts'
export {
  type Databases,
  dialects,
  startDatabases,
  startTimeout,
  type TestedDialect,
} from './databases.ts'
export { postgresFailure, postgresMissing, reasonWithout } from './missing.ts'
export { isObtained, obtainPostgres } from './obtain.ts'
export { type Postgres, type PostgresOptions, startPostgres } from './server.ts'
