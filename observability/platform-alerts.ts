import type { ServiceSpec } from '../services/kit/declaration';
import { COLLECTOR_JOB } from './prometheus';
import { escaped, selector } from './promql';
import type { AlertingRule } from './rule-file';

/** Alerts about the telemetry itself; without it all other alerts are silent. */
export function platformAlerts(runbook: string): AlertingRule[] {
  const collector = selector('up', [['job', '=', COLLECTOR_JOB]]);
  return [
    alert('WeftCollectorDown', 'page', `absent(${collector}) or ${collector} == 0`, '5m', {
      summary: 'The collector does not answer Prometheus',
      description: 'Metrics of services are missing meanwhile, and their alerts cannot fire. Check that its pods run.',
      runbook_url: `${runbook}#collector-down`,
    }),
    alert('WeftTargetDown', 'ticket', `up{job!=${JSON.stringify(COLLECTOR_JOB)}} == 0`, '10m', {
      summary: '{{ $labels.job }} at {{ $labels.instance }} does not answer Prometheus',
      description: "Prometheus' page of targets shows the reason.",
      runbook_url: `${runbook}#target-down`,
    }),
    alert(
      'WeftCollectorRefuses',
      'ticket',
      grows('otelcol_receiver_(refused|failed)_(spans|metric_points|log_records)'),
      '5m',
      {
        summary: 'The collector refuses {{ $value | humanize }} items per second',
        description: 'It is short of memory, or its input is malformed; its log says which.',
        runbook_url: `${runbook}#collector-refuses`,
      },
    ),
    alert('WeftCollectorDrops', 'ticket', grows(DROPPED), '5m', {
      summary: 'The collector drops {{ $value | humanize }} items per second',
      description:
        'A backend is unavailable, full or slow, or there are more traces at once than the collector can hold.',
      runbook_url: `${runbook}#collector-drops`,
    }),
  ];
}

const DROPPED =
  'otelcol_exporter_(send|enqueue)_failed_(spans|metric_points|log_records)|' +
  'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early';

/**
 * Alerts when no pod of a service sends metrics any more. A service without the kit need not send metrics, unless it has
 * objectives.
 */
export function silenceAlerts(specs: readonly ServiceSpec[], runbook: string): AlertingRule[] {
  const reporting = specs.filter(({ external, image, slo }) => !external && (image === undefined || slo !== undefined));
  return reporting.map((spec) => silenceAlert(spec, runbook));
}

function silenceAlert({ name }: ServiceSpec, runbook: string): AlertingRule {
  // The collector makes the job from service.namespace and service.name.
  const reports = selector('target_info', [['job', '=~', `(.+/)?${escaped(name)}`]]);
  const isCollecting = `${selector('up', [['job', '=', COLLECTOR_JOB]])} == 1`;
  const texts = {
    summary: `${name} sends no metrics`,
    description: `No pod of ${name} has reported for ten minutes. Check that its pods run and reach the collector.`,
    runbook_url: `${runbook}#service-silent`,
  };
  return alert('WeftServiceSilent', 'ticket', `absent(${reports}) and on() (${isCollecting})`, '10m', texts, {
    service_name: name,
  });
}

/** Some versions of the collector append `_total` to counters. */
function grows(names: string): string {
  return `sum by (job, instance, receiver, exporter) (rate(${selector('', [['__name__', '=~', `(${names})(_total)?`]])}[5m])) > 0`;
}

type Severity = 'page' | 'ticket';

function alert(
  name: string,
  severity: Severity,
  expr: string,
  holds: string,
  annotations: AlertingRule['annotations'],
  labels: Readonly<Record<string, string>> = {},
): AlertingRule {
  return { alert: name, expr, for: holds, labels: { ...labels, severity }, annotations };
}
