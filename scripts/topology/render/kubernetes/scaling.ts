import { metadataOf, selectorOf } from './names.ts'

/** One at a time is taken away for the upkeep of a node, whether there are several or not. */
export function disruptionBudget(name: string) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(name),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorOf(name) },
      // one that does not run anyway keeps no node from being drained
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  }
}

/** By the time of app and sidecar together: of a call through Dapr most is the sidecar's (docs/sidecar.md). */
export function autoscaler(name: string) {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadataOf(name),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    },
  }
}
