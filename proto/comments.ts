import type { DescMessage } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema, type FileDescriptorSet } from '@bufbuild/protobuf/wkt';

/**
 * The comments of contracts by the full name of what they describe: `weft.user.v1.UserInfoService.GetUserInfo`,
 * `weft.user.v1.UserInfo.user_id`. Enum values have the name of their enum in front
 * (`weft.user.v1.UserStatus.USER_STATUS_ACTIVE`), although protobuf scopes them beside it.
 */
export type Comments = Readonly<Record<string, string>>;

/**
 * Reads the comments of services, methods, messages, fields, oneofs, enums and enum values: the one above, else the
 * one behind. Lines for buf's linter and `(-- internal comments --)` are left out.
 *
 * @param set with source info: `buf build` without `--exclude-source-info`
 * @param ours tells a file of this project from an imported one
 * @see https://protobuf.com/docs/descriptors#source-code-info
 */
export function commentsOf(set: FileDescriptorSet, ours: (file: string) => boolean): Comments {
  return Object.fromEntries(set.file.filter(({ name }) => ours(name)).flatMap(commentsOfFile));
}

/** The text of `gen/comments.ts`. Takes what {@link commentsOf} takes. */
export function commentsSource(set: FileDescriptorSet, ours: (file: string) => boolean): string {
  return [
    '// Made by proto/generate.ts from the .proto files.',
    `export const comments: Readonly<Record<string, string>> = ${JSON.stringify(commentsOf(set, ours), undefined, 2)};`,
    '',
  ].join('\n');
}

function commentsOfFile(file: FileDescriptorProto): [name: string, text: string][] {
  const locations = file.sourceCodeInfo?.location ?? [];
  return locations.flatMap(({ path, leadingComments, trailingComments }) => {
    const text = plainText(leadingComments) || plainText(trailingComments);
    const name = text === '' ? undefined : nameAt(file, path);
    return name === undefined ? [] : [[name, text]];
  });
}

/** @returns undefined for what has no name of its own, such as an option or an import */
function nameAt(file: FileDescriptorProto, path: readonly number[]): string | undefined {
  const names = [file.package];
  let schema: DescMessage = FileDescriptorProtoSchema;
  let element: object = file;
  for (let depth = 0; depth < path.length; depth += 2) {
    const field = schema.fields.find(({ number }) => number === path[depth]);
    if (field?.fieldKind !== 'list' || field.listKind !== 'message') return undefined;
    element = (element as Record<string, object[]>)[field.localName]?.[path[depth + 1] ?? -1] ?? {};
    schema = field.message;
    if (!('name' in element) || typeof element.name !== 'string') return undefined;
    names.push(element.name);
  }
  return names.length === 1 ? undefined : names.filter((name) => name !== '').join('.');
}

/** Without the blank that follows each `//`; further indentation is Markdown's. */
function plainText(comment: string): string {
  const lines = comment
    .replace(/\(--.*?--\)/gs, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !/^\s*buf:lint:ignore\b/.test(line));
  const indents = lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return lines
    .map((line) => line.slice(indent))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
