import { k8s } from 'cdk8s-plus-28';
import { labelsOf, type ResourceMetadata, selectorOf } from '../labels';
import type { Component } from './component';

/** One pod with the restrictions of service pods. */
export function deploymentOf(
  component: Component,
  metadata: ResourceMetadata,
  annotations: Record<string, string>,
): k8s.KubeDeploymentProps {
  return {
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorOf(component.name) },
      template: { metadata: { labels: labelsOf(component.name), annotations }, spec: podOf(component) },
    },
  };
}

function podOf(component: Component): k8s.PodSpec {
  const { name, user, usesApi = false, configs, scratch } = component;
  return {
    serviceAccountName: name,
    automountServiceAccountToken: usesApi,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [containerOf(component)],
    volumes: [
      ...configs.map((each) => ({ name: each.name, configMap: { name: each.name } })),
      ...scratch.map((each) => ({ name: each.name, emptyDir: { sizeLimit: k8s.Quantity.fromString(each.size) } })),
    ],
  };
}

function containerOf(component: Component): k8s.Container {
  const { name, image, args, env = {}, ports, configs, scratch, memory } = component;
  return {
    name,
    image,
    ...(args && { args }),
    env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    ports: ports.map((port) => ({ name: port.name, containerPort: port.number })),
    volumeMounts: [
      ...configs.map(({ name: volume, folder }) => ({ name: volume, mountPath: folder, readOnly: true })),
      ...scratch.map(({ name: volume, path }) => ({ name: volume, mountPath: path })),
    ],
    ...probesOf(component),
    resources: {
      requests: { cpu: k8s.Quantity.fromString('50m'), memory: k8s.Quantity.fromString(memory.request) },
      limits: { memory: k8s.Quantity.fromString(memory.limit) },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

function probesOf({ health: { path, port } }: Component) {
  const httpGet = { path, port: k8s.IntOrString.fromNumber(port) };
  return {
    startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { httpGet, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { httpGet, periodSeconds: 10, failureThreshold: 3 },
  };
}
