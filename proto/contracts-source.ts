import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';

interface ServiceName {
  /** The exported constant, for example `UserInfoService`, or `PaymentServiceV2` for a later version. */
  constant: string;
  /** The name in the contract, for example `UserInfoService`. */
  name: string;
  /** For example `weft.user.v1`. */
  package: string;
}

/**
 * The text of `gen/contracts.ts`: one exported, typed value per service.
 *
 * @param set what buf built
 * @param ours tells a file of this project from an imported one
 * @throws Error when two services would get the same constant
 */
export function contractsSource(set: FileDescriptorSet, ours: (file: string) => boolean): string {
  const services = set.file.filter((file) => ours(file.name)).flatMap(servicesOf);
  refuseTwins(services);
  return [
    '// Made by proto/generate.ts from the .proto files.',
    "import { contractsOf, type MethodsOf } from '../contract';",
    "import { descriptorJson, descriptorSet } from './descriptors';",
    ...services.map(importLine),
    '',
    'const contract = contractsOf(descriptorJson, descriptorSet);',
    '',
    ...services.map(constantLine),
    '',
  ].join('\n');
}

function servicesOf(file: FileDescriptorSet['file'][number]): ServiceName[] {
  const version = /\.v(\d+\w*)$/.exec(file.package)?.[1] ?? '1';
  const suffix = version === '1' ? '' : `V${version}`;
  return file.service.map(({ name }) => ({ constant: name + suffix, name, package: file.package }));
}

function refuseTwins(services: ServiceName[]): void {
  for (const service of services) {
    const twin = services.find((other) => other !== service && other.constant === service.constant);
    if (twin)
      throw new Error(
        `proto: ${service.package}.${service.name} and ${twin.package}.${twin.name} would both be the constant ` +
          `${service.constant} in proto/gen/contracts.ts; rename one of the services`,
      );
  }
}

function importLine({ constant, name, package: pkg }: ServiceName): string {
  const path = `./types/${pkg.replaceAll('.', '/')}/${name}`;
  const as = (kind: string): string => (name === constant ? name + kind : `${name}${kind} as ${constant}${kind}`);
  return `import type { ${as('Definition')}, ${as('Handlers')} } from '${path}';`;
}

function constantLine({ constant, name, package: pkg }: ServiceName): string {
  return `export const ${constant} = contract<MethodsOf<${constant}Definition, ${constant}Handlers>>('${pkg}.${name}');`;
}
