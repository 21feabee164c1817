import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServiceSpec } from '../services/kit/declaration';
import { collectorOf } from './constructs/telemetry/collector';
import { ComponentResources } from './constructs/telemetry/component-resources';
import { grafanaOf } from './constructs/telemetry/grafana';
import { jaegerOf } from './constructs/telemetry/jaeger';
import { TelemetryNamespace } from './constructs/telemetry/namespace';
import { prometheusOf } from './constructs/telemetry/prometheus';
import { ScrapingRights } from './constructs/telemetry/scraping-rights';
import type { System } from './system';

/** The programs that collect, store and show telemetry, for environments without their own. */
export class TelemetryChart extends Chart {
  constructor(scope: Construct, services: readonly ServiceSpec[], system: System) {
    super(scope, 'telemetry', { disableResourceNameHashes: true });
    const { settings } = system;
    new TelemetryNamespace(this, settings);
    new ScrapingRights(this, settings);
    const programs = [
      collectorOf(services, system),
      jaegerOf(system),
      prometheusOf(services, system),
      grafanaOf(system),
    ];
    for (const program of programs) new ComponentResources(this, program, settings);
  }
}
