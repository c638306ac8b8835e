import type { Service, Topology } from '../../load.ts'
import { kubernetesConfiguration } from '../configuration.ts'
import { renderManifests } from '../yaml.ts'
import { serviceAccount } from './access.ts'
import { deployment, type Facts, isReplicable, volumeClaim } from './deployment.ts'
import { identity, labelsOf, metadataOf, selectorOf } from './names.ts'
import { networkPolicy } from './network.ts'
import { autoscaler, disruptionBudget } from './scaling.ts'

/** Everything that Kubernetes has to know of one service. */
export function renderKubernetesService(topology: Topology, service: Service, facts: Facts): string {
  const { name } = service
  const replicable = isReplicable(facts)
  const configuration = kubernetesConfiguration(topology, service, { ...identity, labels: labelsOf(name) })
  return renderManifests([
    ...serviceAccount(service),
    configuration,
    ...(replicable ? [] : [volumeClaim(name)]),
    deployment(service, facts),
    // All others are found by the Service of their sidecar, which Dapr's operator makes.
    ...(service.public ? [publicService(service)] : []),
    disruptionBudget(name),
    ...(replicable ? [autoscaler(name)] : []),
    networkPolicy(topology, service, facts),
  ])
}

function publicService({ name }: Service) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(name),
    spec: { selector: selectorOf(name), ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  }
}
