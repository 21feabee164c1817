import { type DescEnum, type DescMessage, type DescMethod, getOption, hasOption } from '@bufbuild/protobuf';
import {
  message as messageOption,
  oneof as oneofOption,
} from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';
import type { Comments } from '../../../proto/comments';

/** A part of a description in Markdown; empty parts are left out. */
function paragraphs(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}

/** What a message is for, and which of its fields exclude each other, for which JSON Schema has no short form. */
export function describeMessage(message: DescMessage, comments: Comments): string {
  const { typeName } = message;
  const oneofs = message.oneofs.map((oneof) => {
    const isRequired = hasOption(oneof, oneofOption) && getOption(oneof, oneofOption).required;
    const names = oneof.fields.map(({ jsonName }) => jsonName);
    return [choice(names, isRequired), comments[`${typeName}.${oneof.name}`]].filter(Boolean).join(' ');
  });
  const rules = hasOption(message, messageOption) ? getOption(message, messageOption).oneof : [];
  const further = rules.map(({ fields, required }) => choice(fields.map(jsonNameIn(message)), required));
  return paragraphs(comments[typeName], ...oneofs, ...further);
}

function choice(names: string[], isRequired: boolean): string {
  const list = names.map((name) => `\`${name}\``).join(', ');
  return `${isRequired ? 'Exactly' : 'At most'} one of ${list} can be set.`;
}

function jsonNameIn({ fields }: DescMessage): (name: string) => string {
  return (name) => fields.find((field) => field.name === name)?.jsonName ?? name;
}

/** What an enum is for, and each of its values that has a comment or is deprecated. */
export function describeEnum({ typeName, values }: DescEnum, comments: Comments): string {
  const lines = values.map(({ name, jsonName, deprecated }) => {
    const text = [deprecated ? 'Deprecated.' : '', comments[`${typeName}.${name}`] ?? ''].filter(Boolean).join(' ');
    // A list's further lines have to be indented.
    return text === '' ? '' : `- \`${jsonName}\`: ${text.replace(/\n(?!\n)/g, '\n  ')}`;
  });
  return paragraphs(comments[typeName], lines.filter(Boolean).join('\n'));
}

/** The first sentence of a method's comment, or its name with spaces, and the rest of the comment. */
export function describeMethod({ parent, name }: DescMethod, comments: Comments): { summary: string; rest: string } {
  const text = comments[`${parent.typeName}.${name}`];
  if (text === undefined) return { summary: spacedName(name), rest: '' };
  const [paragraph = ''] = text.split('\n\n');
  const end = SENTENCE_END.exec(paragraph)?.index ?? paragraph.length;
  const summary = paragraph.slice(0, end).replaceAll('\n', ' ').replace(/\.$/, '');
  return { summary, rest: text.slice(end).replace(/^[.!?]?\s+/, '') };
}

/** A mark that more follows, beginning with anything but a lower case letter. */
const SENTENCE_END = /(?<!\b(?:e\.g|i\.e|etc|vs))[.!?](?=\s+[^\sa-z])/;

/** `GetUserInfo` as `Get user info`. */
function spacedName(name: string): string {
  const words = name.replace(/(?<=[a-z\d])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
