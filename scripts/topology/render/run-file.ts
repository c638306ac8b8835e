import type { Service, Topology } from '../load.ts'
import { renderYaml } from './yaml.ts'

/**
 * dapr/dapr.yaml, Dapr's multi-app run file.
 * Paths under `common` are relative to the file, those of an app to its appDirPath.
 * https://docs.dapr.io/developing-applications/local-development/multi-app-dapr-run/multi-app-template/
 */
export function renderRunFile({ services }: Topology): string {
  return renderYaml({
    version: 1,
    common: {
      resourcesPaths: ['../components/embedded', './resiliency'],
      apiListenAddresses: '127.0.0.1',
      enableAppHealthCheck: true,
      appHealthCheckPath: '/healthz',
      appHealthProbeInterval: 1,
      appHealthProbeTimeout: 1000,
      appHealthThreshold: 3,
      maxBodySize: '4Mi',
      placementHostAddress: 'localhost:8500',
      schedulerHostAddress: 'localhost:8501',
      logLevel: 'info',
      // The CLI's default writes log files into .dapr/logs of the repository.
      daprdLogDestination: 'console',
      appLogDestination: 'console',
    },
    apps: services.map(renderApp),
  })
}

function renderApp({ name, protocol, ports, command, env }: Service) {
  return {
    appID: name,
    appDirPath: '..',
    appPort: ports.app,
    appProtocol: protocol,
    daprHTTPPort: ports.http,
    daprGRPCPort: ports.grpc,
    daprInternalGRPCPort: ports.internalGrpc,
    metricsPort: ports.metrics,
    configFilePath: `dapr/configuration/${name}.yaml`,
    command,
    ...(Object.keys(env).length > 0 && { env }),
  }
}
