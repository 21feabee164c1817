import { createNameCheck } from '../../infra/mesh/names';
import { collectFaults, declarationPath, type ServiceSpec } from '../../services/kit/declaration';
import { distinct, type Fault } from '../../services/kit/faults/fault';
import { createCallRule } from './call-rule';
import { createDuplicateRule } from './duplicate-rule';
import { externalsOf } from './externals';
import type { Rule } from './rule';

/**
 * All faults of declarations, each by itself and against all others.
 *
 * @param folders of `services` that have a declaration, if known
 */
export function validateDeclarations(services: readonly ServiceSpec[], folders?: readonly string[]): Fault[] {
  const all = [...new Set([...services, ...externalsOf(services)])];
  const rules = [
    createDuplicateRule(all),
    createNameRule(all),
    createListRule(services),
    createCallRule(services),
    createTopicRule(services),
    ...(folders ? [createFolderRule(folders)] : []),
  ];
  const faultsOf = (spec: ServiceSpec): Fault[] =>
    rules.flatMap((rule) => rule(spec)).map((fault) => ({ file: declarationPath(spec.name), ...fault }));
  const faults = all.flatMap((spec) => [...collectFaults(spec), ...faultsOf(spec)]);
  return distinct([...faults, ...unlistedFaults(all, folders ?? [])]);
}

function createNameRule(specs: readonly ServiceSpec[]): Rule {
  const check = createNameCheck(specs.map(({ name }) => name));
  return ({ name }) => check(name).map((fault) => ({ path: 'name', ...fault }));
}

const INDEX = 'services/index.ts';

function createListRule(services: readonly ServiceSpec[]): Rule {
  const listed = new Set<ServiceSpec>();
  const again = new Set(services.filter((spec) => listed.size === listed.add(spec).size));
  return (spec) => {
    const { name, external } = spec;
    const at = { file: INDEX, path: name };
    return [
      ...(again.has(spec) ? [{ ...at, message: 'is listed more than once', fix: 'remove all lines but one' }] : []),
      ...(listed.has(spec) && external
        ? [{ ...at, message: `runs outside (${external.host})`, fix: 'remove it: only its callers name it' }]
        : []),
    ];
  };
}

/** A service runs the bundle of the folder with its name. */
function createFolderRule(folders: readonly string[]): Rule {
  const existing = new Set(folders);
  const fix = (name: string): string => `give the service the name of its folder, or rename that to services/${name}`;
  return ({ name, external }) =>
    external !== undefined || existing.has(name)
      ? []
      : [{ path: '', message: 'this file does not exist', fix: fix(name) }];
}

/** Nothing would be made of a folder that nothing names. */
function unlistedFaults(all: readonly ServiceSpec[], folders: readonly string[]): Fault[] {
  const names = new Set(all.map(({ name }) => name));
  return folders
    .filter((folder) => !names.has(folder))
    .map((folder) => ({
      file: `services/${folder}/service.ts`,
      path: '',
      message: `neither ${INDEX} nor a caller names a service "${folder}"`,
      fix: `add it to ${INDEX}, or remove the folder`,
    }));
}

function createTopicRule(services: readonly ServiceSpec[]): Rule {
  const published = new Set(services.flatMap(({ publishes = [] }) => publishes));
  const subscribed = new Set(services.flatMap(({ subscribes = [] }) => subscribes));
  return ({ publishes = [], subscribes = [] }) => [
    ...publishes
      .filter((topic) => !subscribed.has(topic))
      .map((topic) => ({
        path: 'publishes',
        message: `no service subscribes to ${topic}`,
        fix: 'add a subscriber or remove the topic',
      })),
    ...subscribes
      .filter((topic) => !published.has(topic))
      .map((topic) => ({
        path: 'subscribes',
        message: `no service publishes ${topic}`,
        fix: 'add a publisher or remove the topic',
      })),
  ];
}
