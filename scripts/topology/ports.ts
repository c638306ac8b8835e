export interface ServicePorts {
  app: number
  http: number
  grpc: number
  internalGrpc: number
  metrics: number
}

/** Every port of a service and its sidecar follows from the one in service.yaml. */
export function portsOf(port: number): ServicePorts {
  return { app: port, http: port + 100, grpc: port + 200, internalGrpc: port + 300, metrics: port + 400 }
}

/** What an error calls each of them. */
export const portLabels: Record<keyof ServicePorts, string> = {
  app: 'app port',
  http: 'sidecar HTTP port',
  grpc: 'sidecar gRPC port',
  internalGrpc: 'sidecar internal gRPC port',
  metrics: 'sidecar metrics port',
}

/** Ports of the infrastructure beside the services. */
export const infrastructurePorts: ReadonlyMap<number, string> = new Map([
  [8500, 'placement'],
  [8501, 'scheduler'],
  [8502, "placement's health"],
  [8503, "placement's metrics"],
  [8504, "placement's raft"],
  [8505, "sentry's health"],
  [8507, "scheduler's health"],
  [8508, "scheduler's metrics"],
  [8509, 'sentry'],
  [8510, 'broker'],
  [8511, "scheduler's etcd clients"],
  [8512, "scheduler's etcd peers"],
  [8513, 'payment provider'],
  [8514, 'Redis'],
  [8515, 'PostgreSQL'],
  [8516, 'RabbitMQ'],
  [8517, "RabbitMQ's epmd"],
  [8518, "RabbitMQ's Erlang"],
  [8519, 'Kafka'],
  [8520, "Kafka's controller"],
  [50001, 'sentry for the stock CLI'],
])
