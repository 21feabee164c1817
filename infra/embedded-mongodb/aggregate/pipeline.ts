import type { Document } from 'bson';
import { located, notSupported } from '../errors';
import { isDocument } from '../query/values';
import { JOINS } from './joins';
import type { CompilePipeline, CompileStage, Stage, Surroundings } from './stage';
import { STAGES } from './stages';

const ALL_STAGES: Readonly<Record<string, CompileStage>> = { ...STAGES, ...JOINS };

export const compilePipeline: CompilePipeline = (pipeline, surroundings) => {
  const stages = pipeline.map((stage) => compileStage(stage, surroundings));
  return (documents) => stages.reduce<Document[]>((each, stage) => stage(each), [...documents]);
};

export function compileStage(stage: unknown, surroundings: Surroundings): Stage {
  const names = isDocument(stage) ? Object.keys(stage) : [];
  const [name = ''] = names;
  if (names.length !== 1)
    throw located(40_323, 'A pipeline stage specification object must contain exactly one field.');
  const compile = Object.hasOwn(ALL_STAGES, name) ? ALL_STAGES[name] : undefined;
  if (compile) return compile((stage as Document)[name], surroundings, compilePipeline);
  if (UNSUPPORTED.has(name)) throw notSupported(`the stage ${name}`);
  throw located(40_324, `Unrecognized pipeline stage name: '${name}'`);
}

const UNSUPPORTED = new Set(
  '$out $merge $changeStream $collStats $indexStats $geoNear $bucketAuto $densify $fill $redact $setWindowFields $search $searchMeta $vectorSearch $planCacheStats $currentOp $listSessions $listLocalSessions $documents'.split(
    ' ',
  ),
);
