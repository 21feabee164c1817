import type { Document } from 'bson';
import { failedToParse, notSupported } from '../errors';
import { evaluate } from './expressions';
import { compileBucket } from './group';
import { compileFilter } from '../query/match';
import { toInteger } from '../query/numbers';
import { keyOf } from '../query/order';
import { keysAt, valuesAt } from '../query/paths';
import type { CompilePipeline, CompileStage, Stage, Surroundings } from './stage';
import { isDocument, mapFields } from '../query/values';

function argumentsOf(stage: string, operand: unknown, known: string[]): Document {
  if (!isDocument(operand)) throw failedToParse(`the ${stage} stage specification must be an object`);
  const unknown = Object.keys(operand).find((name) => !known.includes(name));
  if (unknown) throw failedToParse(`unknown argument to ${stage}: ${unknown}`);
  return operand;
}

function text(stage: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw failedToParse(`${stage} argument '${name}' must be a string`);
}

const lookup: CompileStage = (operand, surroundings, compile) => {
  const all = argumentsOf('$lookup', operand, ['from', 'localField', 'foreignField', 'let', 'pipeline', 'as']);
  const [from, as] = [text('$lookup', 'from', all['from']), text('$lookup', 'as', all['as'])];
  const byFields = all['localField'] !== undefined;
  if (!byFields && !Array.isArray(all['pipeline'])) throw failedToParse('$lookup needs localField or a pipeline');
  const joined = byFields ? fieldJoin(all) : undefined;
  const variables = mapFields((all['let'] ?? {}) as Document, (value) => evaluate(value, surroundings.variables));
  return (documents) => {
    const foreign = surroundings.read(from);
    const partners = joined?.(foreign);
    return documents.map((document) => {
      const found = partners ? partners(document) : foreign;
      const own = mapFields(variables, (value) => (value as ReturnType<typeof evaluate>)(document) ?? null);
      return {
        ...document,
        [as]: runPipeline(
          all['pipeline'],
          { ...surroundings, variables: { ...surroundings.variables, ...own } },
          found,
          compile,
        ),
      };
    });
  };
};

function runPipeline(
  pipeline: unknown,
  surroundings: Surroundings,
  documents: readonly Document[],
  compile: CompilePipeline,
): Document[] {
  return Array.isArray(pipeline) ? compile(pipeline, surroundings)(documents) : [...documents];
}

/** Joins by equality, with a map from each key to its foreign documents. */
function fieldJoin(all: Document): (foreign: readonly Document[]) => (document: Document) => Document[] {
  const local = text('$lookup', 'localField', all['localField']).split('.');
  const remote = text('$lookup', 'foreignField', all['foreignField']).split('.');
  return (foreign) => {
    const byKey = new Map<string, Document[]>();
    for (const each of foreign)
      for (const key of new Set(
        [...keysAt(each, remote), ...valuesAt(each, remote)].map((value) => keyOf(value ?? null)),
      ))
        if (!byKey.get(key)?.push(each)) byKey.set(key, [each]);
    const order = new Map(foreign.map((each, at) => [each, at]));
    return (document) => {
      const keys = new Set(keysAt(document, local).map((value) => keyOf(value ?? null)));
      const found = new Set([...keys].flatMap((key) => byKey.get(key) ?? []));
      return [...found].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    };
  };
}

const graphLookup: CompileStage = (operand, surroundings) => {
  const known = [
    'from',
    'startWith',
    'connectFromField',
    'connectToField',
    'as',
    'maxDepth',
    'depthField',
    'restrictSearchWithMatch',
  ];
  const all = argumentsOf('$graphLookup', operand, known);
  const [from, as] = [text('$graphLookup', 'from', all['from']), text('$graphLookup', 'as', all['as'])];
  if (all['depthField'] !== undefined) throw notSupported('depthField of $graphLookup');
  const start = evaluate(all['startWith'], surroundings.variables);
  const matches = compileFilter((all['restrictSearchWithMatch'] ?? {}) as Document);
  const step = [
    text('$graphLookup', 'connectFromField', all['connectFromField']),
    text('$graphLookup', 'connectToField', all['connectToField']),
  ].map((path) => path.split('.')) as [string[], string[]];
  const depth = toInteger(all['maxDepth']) ?? Number.MAX_SAFE_INTEGER;
  return (documents) => {
    const nodes = surroundings.read(from).filter(matches);
    return documents.map((document) => ({ ...document, [as]: reached(nodes, [start(document)].flat(), step, depth) }));
  };
};

function reached(nodes: Document[], start: unknown[], [from, to]: [string[], string[]], depth: number): Document[] {
  const found = new Set<Document>();
  let frontier = new Set(start.map((value) => keyOf(value ?? null)));
  for (let level = 0; level <= depth && frontier.size > 0; level += 1) {
    const next = nodes.filter(
      (node) => !found.has(node) && valuesAt(node, to).some((value) => frontier.has(keyOf(value ?? null))),
    );
    next.forEach((node) => found.add(node));
    frontier = new Set(next.flatMap((node) => keysAt(node, from).map((value) => keyOf(value ?? null))));
  }
  return [...found];
}

const unionWith: CompileStage = (operand, surroundings, compile) => {
  const all: Document =
    typeof operand === 'string' ? { coll: operand } : argumentsOf('$unionWith', operand, ['coll', 'pipeline']);
  const collection = text('$unionWith', 'coll', all['coll']);
  return (documents) => [
    ...documents,
    ...runPipeline(all['pipeline'], surroundings, surroundings.read(collection), compile),
  ];
};

/** Stages that join other collections, and `$bucket`. */
export const JOINS: Readonly<Record<string, CompileStage>> = {
  $lookup: lookup,
  $graphLookup: graphLookup,
  $unionWith: unionWith,
  $bucket: (operand, { variables }): Stage => compileBucket(operand, variables),
};
