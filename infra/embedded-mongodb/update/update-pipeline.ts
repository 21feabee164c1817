import type { Document } from 'bson';
import { MongoError } from '../errors';
import { compileStage } from '../aggregate/pipeline';

const ALLOWED = new Set(['$addFields', '$set', '$project', '$unset', '$replaceRoot', '$replaceWith']);

/** Applies a pipeline to one document. @throws MongoError 72 for a stage that is not allowed in updates */
export function runUpdatePipeline(
  stages: Document[],
  document: Document,
  variables: Readonly<Record<string, unknown>> = {},
): Document {
  return stages.reduce((each, stage) => {
    const [name = ''] = Object.keys(stage);
    if (!ALLOWED.has(name))
      throw new MongoError(72, 'InvalidOptions', `${name} is not allowed to be used within an update`);
    return compileStage(stage, { variables, read: () => [] })([each])[0] as Document;
  }, document);
}
