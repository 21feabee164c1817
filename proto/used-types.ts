import type { DescriptorProto, FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import type { INamespace } from 'protobufjs';

/**
 * Leaves out what the contracts only import for their options, such as the rules' own types: every service would
 * read those at its start, and never use them.
 *
 * @param json protobufjs's form of all descriptors
 * @param set the same as buf built it
 * @param ours tells a file of this project from an imported one
 */
export function onlyUsedTypes(json: INamespace, set: FileDescriptorSet, ours: (file: string) => boolean): INamespace {
  const used = usedTypes(set, ours);
  const packages = new Set(set.file.filter(({ name }) => ours(name)).map((file) => file.package));
  const keep = (name: string): boolean => packages.has(name) || used.has(name);
  return prune(json, '', keep) ?? json;
}

function prune(node: INamespace, name: string, keep: (name: string) => boolean): INamespace | undefined {
  if (keep(name)) return node;
  const nested = Object.entries(node.nested ?? {}).flatMap(([key, child]) => {
    const kept = prune(child, name === '' ? key : `${name}.${key}`, keep);
    return kept ? [[key, kept] as const] : [];
  });
  return nested.length === 0 ? undefined : { ...node, nested: Object.fromEntries(nested) };
}

/** The full names of all messages and enums that the fields and methods of our files lead to. */
function usedTypes(set: FileDescriptorSet, ours: (file: string) => boolean): Set<string> {
  const messages = new Map(set.file.flatMap((file) => allMessages(file.messageType, file.package)));
  const own = set.file.filter(({ name }) => ours(name));
  const methods = own.flatMap(({ service }) => service.flatMap(({ method }) => method));
  const waiting = [
    ...own.flatMap((file) => allMessages(file.messageType, file.package).map(([name]) => name)),
    ...methods.flatMap(({ inputType, outputType }) => [inputType, outputType].map(bare)),
  ];
  const used = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    for (const { typeName } of messages.get(name)?.field ?? []) if (typeName) waiting.push(bare(typeName));
  }
  return used;
}

function allMessages(messages: DescriptorProto[], scope: string): [string, DescriptorProto][] {
  return messages.flatMap((message) => {
    const name = `${scope}.${message.name}`;
    return [[name, message] as [string, DescriptorProto], ...allMessages(message.nestedType, name)];
  });
}

/** Without the dot that says a name is whole. */
function bare(typeName: string): string {
  return typeName.replace(/^\./, '');
}
