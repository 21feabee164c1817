import { COLLECTOR_PORTS } from '../../../observability/collector';
import { createNames } from '../../../infra/mesh/names';
import type { Settings } from '../../environment/settings';
import type { System } from '../../system';
import { selectorOf } from '../labels';
import { peer } from '../access/packets';
import type { Client } from './component';

/** Where spans and metrics are sent to. */
export const OTLP_PORTS = [COLLECTOR_PORTS.grpc, COLLECTOR_PORTS.http] as const;

/** `host:port` of a program of telemetry. */
export function hostIn(program: string, settings: Settings, port: number): string {
  const { namespace } = settings.telemetry.collector;
  return `${createNames({ ...settings, namespace, namespaces: {} }).hostOf(program)}:${port}`;
}

/** A program of telemetry that calls another, with its own account. */
export function programClient(program: string, ports: number[], { names, settings }: System): Client {
  const { namespace } = settings.telemetry.collector;
  return {
    name: program,
    principals: [names.accountPrincipal({ namespace, name: program })],
    peers: [peer(namespace, selectorOf(program))],
    ports,
  };
}
