import type { Document } from 'bson';
import { located, notSupported } from '../errors';
import { type Evaluate, evaluate } from './expressions';
import { FOLDS } from './expression-operators';
import type { Variables } from '../query/match';
import { compare, keyOf } from '../query/order';
import { isDocument, mapFields } from '../query/values';

type Accumulate = (values: unknown[]) => unknown;

const ACCUMULATORS: Readonly<Record<string, Accumulate>> = {
  ...FOLDS,
  $first: (values) => values[0] ?? null,
  $last: (values) => values.at(-1) ?? null,
  $push: (values) => values.filter((value) => value !== undefined),
  $addToSet: (values) => [
    ...new Map(values.filter((value) => value !== undefined).map((value) => [keyOf(value), value])).values(),
  ],
  $count: (values) => values.length,
  $mergeObjects: (values) => Object.assign({}, ...values.filter(isDocument)) as Document,
};

const UNSUPPORTED = new Set(
  '$accumulator $bottom $bottomN $firstN $lastN $maxN $median $minN $percentile $stdDevPop $stdDevSamp $top $topN'.split(
    ' ',
  ),
);

/** Compiles `$group`. @throws MongoError if it is invalid */
export function compileGroup(operand: unknown, variables: Variables): (documents: readonly Document[]) => Document[] {
  if (!isDocument(operand)) throw located(15_947, "a group's fields must be specified in an object");
  if (!('_id' in operand)) throw located(15_955, 'a group specification must include an _id');
  const { _id, ...fields } = operand;
  const id = evaluate(_id, variables);
  const accumulators = Object.entries(fields).map(([name, field]) => compileAccumulator(name, field, variables));
  return (documents) =>
    [...groups(documents, id).values()].map(({ key, members }) => ({
      _id: key ?? null,
      ...Object.fromEntries(accumulators.map(([name, accumulate]) => [name, accumulate(members)])),
    }));
}

function groups(documents: readonly Document[], id: Evaluate): Map<string, { key: unknown; members: Document[] }> {
  const all = new Map<string, { key: unknown; members: Document[] }>();
  for (const document of documents) {
    const key = id(document);
    const text = keyOf(key ?? null);
    const group = all.get(text) ?? { key, members: [] };
    group.members.push(document);
    all.set(text, group);
  }
  return all;
}

/** @returns the name of a field, and a function that computes it from the members of a group */
export function compileAccumulator(
  name: string,
  field: unknown,
  variables: Variables,
): [string, (members: readonly Document[]) => unknown] {
  const [operator, ...others] = isDocument(field) ? Object.keys(field) : [];
  if (operator === undefined) throw located(40_234, `The field '${name}' must be an accumulator object`);
  if (others.length > 0) throw located(40_238, `The field '${name}' must specify one accumulator`);
  if (name.includes('.')) throw located(40_235, `The field name '${name}' cannot contain '.'`);
  if (UNSUPPORTED.has(operator)) throw notSupported(`the accumulator ${operator}`);
  const accumulate = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
  if (!accumulate) throw located(15_952, `unknown group operator '${operator}'`);
  const value = operator === '$count' ? (): unknown => 1 : evaluate((field as Document)[operator], variables);
  return [name, (members) => accumulate(members.map((member) => value(member)))];
}

/** Compiles `$bucket`, which groups by ranges of a value. @throws MongoError if it is invalid */
export function compileBucket(operand: unknown, variables: Variables): (documents: readonly Document[]) => Document[] {
  const { groupBy, boundaries, default: other, output = { count: { $sum: 1 } } } = isDocument(operand) ? operand : {};
  if (!Array.isArray(boundaries) || boundaries.length < 2)
    throw located(40_192, "the $bucket 'boundaries' field must be an array of at least 2 values");
  if (boundaries.some((each: unknown, at) => at > 0 && compare(boundaries[at - 1], each) >= 0))
    throw located(40_194, "the 'boundaries' option to $bucket must be in ascending order");
  const value = evaluate(groupBy, variables);
  const rangeOf: Evaluate = (document) => {
    const found = value(document) ?? null;
    const at = boundaries.findLastIndex((each: unknown) => compare(each, found) <= 0);
    if (at !== -1 && at < boundaries.length - 1) return boundaries[at] as unknown;
    if (other === undefined)
      throw located(7_157_302, '$bucket found a value outside of its boundaries, and no default');
    return other as unknown;
  };
  const accumulators = Object.entries(output as Document).map(([name, field]) =>
    compileAccumulator(name, field, variables),
  );
  return (documents) =>
    [...groups(documents, rangeOf).values()]
      .sort((a, b) => compare(a.key, b.key))
      .map(({ key, members }) => ({
        _id: key,
        ...mapFields(Object.fromEntries(accumulators), (accumulate) => (accumulate as Accumulate)(members)),
      }));
}
