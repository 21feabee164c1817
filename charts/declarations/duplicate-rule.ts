import type { ServiceSpec } from '../../services/kit/declaration';
import type { Rule } from './rule';

/** Names and hosts are unique: resources made for the second would silently replace those of the first. */
export function createDuplicateRule(specs: readonly ServiceSpec[]): Rule {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const byHost = new Map(specs.map((spec) => [spec.external?.host, spec]));
  return (spec) => {
    const { name, external } = spec;
    const namesake = byName.get(name) ?? spec;
    const other = external && byHost.get(external.host);
    return [
      ...(namesake === spec ? [] : [duplicateName(spec, namesake)]),
      ...(other && other.name !== name
        ? [
            {
              path: 'host',
              message: `${external.host} is also the host of ${other.name}`,
              fix: 'declare the host once, with all its contracts in serves',
            },
          ]
        : []),
    ];
  };
}

function duplicateName(...specs: [ServiceSpec, ServiceSpec]) {
  const hosts = specs.flatMap(({ external }) => external?.host ?? []);
  const outside = hosts.length > 0 ? `, outside at ${hosts.join(' and ')}` : '';
  return {
    path: 'name',
    message: `"${specs[0].name}" is declared twice${outside}`,
    fix: 'give one of the two another name',
  };
}
