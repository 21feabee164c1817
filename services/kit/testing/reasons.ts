import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Messages } from '../errors/messages';

/** An error that a source makes. */
interface Thrown {
  /** Where, for example `handlers.ts:83`. */
  at: string;
  reason: string;
  /** The names of its metadata. */
  metadata: string[];
}

/** Every `new StatusError(code, 'reason', { … })` in the sources of a folder. */
export function errorsOf(folder: string): Thrown[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest);
    const found: Thrown[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && node.expression.getText(source) === 'StatusError')
        found.push(thrown(source, node));
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

function thrown(source: ts.SourceFile, { arguments: args, pos }: ts.NewExpression): Thrown {
  const [, reason, metadata] = args ?? [];
  const properties = metadata && ts.isObjectLiteralExpression(metadata) ? metadata.properties : [];
  return {
    at: `${source.fileName}:${source.getLineAndCharacterOfPosition(pos).line + 1}`,
    reason: reason && ts.isStringLiteral(reason) ? reason.text : '',
    metadata: properties.map((property) => property.name?.getText(source) ?? ''),
  };
}

/** What is missing in the texts for the errors of a folder, and what is too much, a sentence each. */
export function textFaults(folder: string, messages: Messages): string[] {
  const errors = errorsOf(folder);
  const reasons = new Set(errors.map(({ reason }) => reason));
  return [
    ...errors.flatMap(({ at, reason, metadata }) => {
      const texts = Object.hasOwn(messages, reason) ? messages[reason] : undefined;
      if (!texts) return [`${at}: ${reason || 'a reason that is not a literal'} has no text`];
      return Object.entries(texts).flatMap(([language, text]) =>
        [...text.matchAll(/\{([^}]*)\}/g)]
          .filter(([, name = '']) => !metadata.includes(name))
          .map(([placeholder]) => `${at}: ${reason} in ${language} has ${placeholder}, which no metadata fills`),
      );
    }),
    ...Object.keys(messages)
      .filter((reason) => !reasons.has(reason))
      .map((reason) => `no error has the reason ${reason}`),
  ];
}
