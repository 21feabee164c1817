import type { Document } from 'bson';
import { badValue, failedToParse, typeMismatch } from '../errors';
import { compileFilter, type Matcher } from '../query/match';
import { isDocument } from '../query/values';

/** The filters of `$[id]`, by id. */
export type ArrayFilters = ReadonlyMap<string, Matcher>;

/**
 * Compiles the array filters of an update.
 *
 * @param paths of the update, split into parts
 * @throws MongoError unless they match the ids in the paths
 */
export function compileArrayFilters(arrayFilters: Document[], paths: readonly (readonly string[])[]): ArrayFilters {
  const filters = new Map<string, Matcher>();
  const used = new Set(paths.flatMap((parts) => parts.map((part) => /^\$\[(\w+)\]$/.exec(part)?.[1])));
  for (const filter of arrayFilters) {
    const identifier = identifierOf(filter);
    if (filters.has(identifier))
      throw failedToParse(`Found multiple array filters with the same top-level field name ${identifier}`);
    if (!used.has(identifier))
      throw failedToParse(`The array filter for identifier '${identifier}' was not used in the update`);
    filters.set(identifier, compileFilter(filter));
  }
  for (const identifier of used)
    if (identifier && !filters.has(identifier)) throw badValue(`No array filter found for identifier '${identifier}'`);
  return filters;
}

function identifierOf(filter: Document): string {
  if (!isDocument(filter)) throw typeMismatch('array filters are documents');
  const names = Object.entries(filter).flatMap(([name, value]: [string, unknown]) =>
    name.startsWith('$') && Array.isArray(value)
      ? value.map((each) => identifierOf(each as Document))
      : [name.split('.')[0] ?? ''],
  );
  const [name] = names;
  if (name === undefined || new Set(names).size > 1 || !/^[a-z]\w*$/.test(name))
    throw failedToParse('an array filter needs one top-level field name, and it begins with a lowercase letter');
  return name;
}
