import type { Document } from 'bson';
import { located } from '../errors';
import { evaluate } from './expressions';
import { compileGroup } from './group';
import { compileFilter } from '../query/match';
import { isNumeric, toInteger } from '../query/numbers';
import { resolve } from '../query/paths';
import { compileProjection } from '../query/projection';
import { sortDocuments } from '../query/sort';
import type { CompileStage } from './stage';
import { changeAt, removeAt } from '../update/update-paths';
import { clone, isDocument, typeName } from '../query/values';

function documentOf(name: string, operand: unknown, code: number): Document {
  if (isDocument(operand)) return operand;
  throw located(code, `the ${name} stage specification must be an object, not ${typeName(operand)}`);
}

const addFields: CompileStage = (operand, { variables }) => {
  const fields = Object.entries(flattened(documentOf('$addFields', operand, 40_272), ''));
  const values = fields.map(([path, expression]) => [path.split('.'), evaluate(expression, variables)] as const);
  return (documents) =>
    documents.map((document) => {
      const result = clone(document);
      for (const [parts, value] of values) setField(result, parts, value(document));
      return result;
    });
};

/** `{ a: { b: 1 } }` merges into existing fields, like `{ 'a.b': 1 }`. */
function flattened(fields: Document, prefix: string): Document {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]: [string, unknown]) => {
      const nests = isDocument(value) && Object.keys(value).length > 0 && !Object.keys(value)[0]?.startsWith('$');
      return nests ? Object.entries(flattened(value, `${prefix}${name}.`)) : [[`${prefix}${name}`, value]];
    }),
  );
}

/** Descends through arrays to each of their documents. */
function setField(target: Document, parts: readonly string[], value: unknown): void {
  const [first = '', ...rest] = parts;
  if (value === undefined) {
    removeAt(target, parts);
    return;
  }
  if (rest.length === 0) {
    changeAt(target, parts, () => value);
    return;
  }
  const child: unknown = Object.hasOwn(target, first) ? target[first] : undefined;
  if (Array.isArray(child)) for (const item of child.filter(isDocument)) setField(item, rest, value);
  else if (isDocument(child)) setField(child, rest, value);
  else changeAt(target, [first], () => nest(rest, value));
}

function nest([first = '', ...rest]: readonly string[], value: unknown): Document {
  return { [first]: rest.length === 0 ? value : nest(rest, value) };
}

const project: CompileStage = (operand, { variables }) => {
  const fields = documentOf('$project', operand, 15_969);
  if (Object.keys(fields).length === 0) throw located(51_272, 'projection specification must have at least one field');
  const show = compileProjection(fields, {}, variables);
  return (documents) => documents.map(show);
};

const unset: CompileStage = (operand, ...rest) => {
  const paths: unknown[] = [operand].flat();
  if (paths.length === 0 || !paths.every((path) => typeof path === 'string' && path !== ''))
    throw located(31_002, '$unset specification must be a string or an array of strings');
  return project(Object.fromEntries(paths.map((path) => [path, 0])), ...rest);
};

const replaceWith: CompileStage = (operand, { variables }) => {
  const value = evaluate(operand, variables);
  return (documents) =>
    documents.map((document) => {
      const root = value(document);
      if (isDocument(root)) return root;
      throw located(
        40_228,
        `'newRoot' expression must evaluate to an object, but resulting value was: ${typeName(root)}`,
      );
    });
};

const replaceRoot: CompileStage = (operand, ...rest) => {
  const { newRoot } = documentOf('$replaceRoot', operand, 40_229);
  if (newRoot === undefined) throw located(40_231, 'no newRoot specified for the $replaceRoot stage');
  return replaceWith(newRoot, ...rest);
};

const limit: CompileStage = (operand) => {
  const count = wholeNumber('$limit', operand, 5_107_201);
  if (count === 0) throw located(15_958, 'the limit must be positive');
  return (documents) => documents.slice(0, count);
};

const skip: CompileStage = (operand) => {
  const count = wholeNumber('$skip', operand, 5_107_200);
  return (documents) => documents.slice(count);
};

function wholeNumber(name: string, operand: unknown, code: number): number {
  const count = isNumeric(operand) ? toInteger(operand) : undefined;
  if (count === undefined || count < 0)
    throw located(code, `invalid argument to ${name} stage: Expected a non-negative number`);
  return count;
}

const count: CompileStage = (operand) => {
  if (typeof operand !== 'string' || operand === '' || operand.startsWith('$') || operand.includes('.'))
    throw located(40_156, 'the count field must be a non-empty string without $ and .');
  return (documents) => (documents.length === 0 ? [] : [{ [operand]: documents.length }]);
};

const sort: CompileStage = (operand) => {
  const keys = documentOf('$sort', operand, 15_973);
  if (Object.keys(keys).length === 0) throw located(15_976, '$sort stage must have at least one sort key');
  return (documents) => sortDocuments(documents, keys);
};

const unwind: CompileStage = (operand) => {
  const options: Document = isDocument(operand) ? operand : { path: operand };
  const { path, includeArrayIndex: index, preserveNullAndEmptyArrays: keeps = false } = options;
  if (typeof path !== 'string') throw located(28_808, 'expected a string as the path for $unwind stage');
  if (!path.startsWith('$'))
    throw located(28_818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  if (index !== undefined && (typeof index !== 'string' || index === '' || index.startsWith('$')))
    throw located(28_810, 'expected a non-empty string for the includeArrayIndex option to $unwind stage');
  const parts = path.slice(1).split('.');
  return (documents) =>
    documents.flatMap((document) => unwound(document, parts, { index: index as string, keeps: keeps === true }));
};

function unwound(document: Document, parts: string[], options: { index?: string; keeps: boolean }): Document[] {
  const value = resolve(document, parts);
  const indexed = (row: Document, at: number | null): Document =>
    options.index ? { ...row, [options.index]: at } : row;
  const isEmpty = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  if (isEmpty && !options.keeps) return [];
  if (!Array.isArray(value)) return [indexed(document, null)];
  const replaced = (item: unknown): Document => {
    const row = clone(document);
    if (item === undefined) removeAt(row, parts);
    else changeAt(row, parts, () => item);
    return row;
  };
  if (value.length === 0) return [indexed(replaced(undefined), null)];
  return value.map((item: unknown, at) => indexed(replaced(item), at));
}

const match: CompileStage = (operand, { variables }) => {
  const matches = compileFilter(documentOf('$match', operand, 15_959), variables);
  return (documents) => documents.filter(matches);
};

const sample: CompileStage = (operand) => {
  const { size } = documentOf('$sample', operand, 28_745);
  const wanted = wholeNumber('$sample', size, 28_746);
  return (documents) =>
    documents
      .map((document) => ({ document, at: Math.random() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, wanted)
      .map(({ document }) => document);
};

const facet: CompileStage = (operand, surroundings, compile) => {
  const pipelines = Object.entries(documentOf('$facet', operand, 40_169)).map(([name, pipeline]: [string, unknown]) => {
    if (!Array.isArray(pipeline))
      throw located(40_170, `arguments to $facet must be arrays, ${name} is type ${typeName(pipeline)}`);
    return [name, compile(pipeline, surroundings)] as const;
  });
  if (pipelines.length === 0) throw located(40_169, 'the $facet specification must be a non-empty object');
  return (documents) => [Object.fromEntries(pipelines.map(([name, run]) => [name, run(documents)]))];
};

const sortByCount: CompileStage = (operand, surroundings) => {
  const grouped = compileGroup({ _id: operand, count: { $sum: 1 } }, surroundings.variables);
  return (documents) => sortDocuments(grouped(documents), { count: -1 });
};

/** The stages that read only their input. */
export const STAGES: Readonly<Record<string, CompileStage>> = {
  $match: match,
  $project: project,
  $addFields: addFields,
  $set: addFields,
  $unset: unset,
  $replaceRoot: replaceRoot,
  $replaceWith: replaceWith,
  $limit: limit,
  $skip: skip,
  $count: count,
  $sort: sort,
  $unwind: unwind,
  $group: (operand, { variables }) => compileGroup(operand, variables),
  $sortByCount: sortByCount,
  $sample: sample,
  $facet: facet,
};
