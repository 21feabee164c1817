import type { ServiceSpec } from '../../services/kit/declaration';

/** What is made for a name, or for a host outside, is there once: another's would replace it without a word. */
export function createTwinRule(specs: readonly ServiceSpec[]): (spec: ServiceSpec) => string[] {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const byHost = new Map(specs.map((spec) => [spec.external?.host, spec]));
  return (spec) => {
    const { name, external } = spec;
    const named = byName.get(name) ?? spec;
    const there = external && byHost.get(external.host);
    return [
      ...(named === spec
        ? []
        : [`"${name}" is declared twice${outside(spec, named)}; give one of the two another name`]),
      ...(there && there.name !== name
        ? [`host ${external.host} is that of ${there.name} as well; declare it once, with all it serves by name`]
        : []),
    ];
  };
}

function outside(...twins: ServiceSpec[]): string {
  const hosts = twins.flatMap(({ external }) => external?.host ?? []);
  return hosts.length > 0 ? `, outside as ${hosts.join(' and ')}` : '';
}
