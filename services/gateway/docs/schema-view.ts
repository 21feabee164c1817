import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { NOT_BLANK } from '../../kit/validation';
import { html, type Markup } from './markup';

/** As much of a JSON Schema as the page shows. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  required?: string[];
  enum?: string[];
  examples?: string[];
  minimum?: number;
}

/** Rules in the words of people; `{}` is the value. */
const RULES: Readonly<Record<string, string>> = {
  minLength: 'at least {} characters',
  maxLength: 'at most {} characters',
  minimum: '{} or more',
  maximum: '{} or less',
  exclusiveMinimum: 'more than {}',
  exclusiveMaximum: 'less than {}',
  minItems: 'at least {} items',
  maxItems: 'at most {} items',
  minProperties: 'at least {} entries',
  maxProperties: 'at most {} entries',
  pattern: 'matches {}',
  const: 'only {}',
};

/** The type of a schema in a line; messages are links. */
export function typeView({ $ref, type = 'anything', format, items, additionalProperties: values }: Schema): Markup {
  if ($ref !== undefined) return html`<a href="#${anchorOf(nameOf($ref))}">${shortName($ref)}</a>`;
  if (items) return html`list of ${typeView(items)}`;
  if (values) return html`map of ${typeView(values)}`;
  const plain = [type].flat().join(' or ');
  return html`${format === undefined ? plain : `${plain} (${format})`}`;
}

/** What a value has to be beside its type. */
export function rulesView(schema: Schema): string {
  const rules = Object.entries(schema).filter(([word]) => Object.hasOwn(RULES, word));
  return rules.map(([word, value]: [string, unknown]) => ruleView(word, value)).join(', ');
}

function ruleView(word: string, value: unknown): string {
  if (word === 'pattern' && value === NOT_BLANK) return 'not blank';
  return (RULES[word] ?? '').replace('{}', String(value));
}

/** A message or enum, with all it has. */
export function schemaView(name: string, schema: Schema): Markup {
  const values = (schema.enum ?? []).map((value) => html`<code>${value}</code> `);
  return html`<section class="schema" id="${anchorOf(name)}">
    <h3>${name}</h3>
    ${values.length > 0 ? html`<p>${values}</p>` : fieldsView(schema)}
  </section>`;
}

function fieldsView({ properties = {}, required = [] }: Schema): Markup {
  const rows = Object.entries(properties).map(
    ([name, field]) =>
      html`<tr>
        <td><code>${name}</code>${required.includes(name) ? MUST : ''}</td>
        <td>${typeView(field)}</td>
        <td>${hintOf(field)}</td>
      </tr>`,
  );
  if (rows.length === 0) return html`<p class="quiet">has no fields</p>`;
  return html`<table>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** Marks what has to be there. */
export const MUST = html`<b class="must" title="required">*</b>`;

/** Rules, and what is said about a value. */
export function hintOf(schema: Schema, description = schema.description ?? ''): string {
  return [rulesView(schema), description].filter((each) => each !== '').join('. ');
}

export function anchorOf(name: string): string {
  return `schema-${name}`;
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

function shortName(reference: string): string {
  return reference.slice(Math.max(reference.lastIndexOf('/'), reference.lastIndexOf('.')) + 1);
}

/** A value that fits a schema, for people to change. @param depth how far messages inside are shown */
export function sampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, depth = 3): JsonValue {
  const { $ref, type, items, properties = {}, enum: values, format = '', minimum = 0 } = schema;
  const inside = (each: Schema): JsonValue => sampleOf(each, schemas, depth - 1);
  if ($ref !== undefined) {
    const found = schemas[nameOf($ref)];
    return found && depth > 0 ? inside(found) : {};
  }
  if (values) return values.at(-1) ?? '';
  if (items) return depth > 0 ? [inside(items)] : [];
  if (type === 'object') return mapObject(properties, (each) => sampleOf(each, schemas, depth));
  if (type === 'integer' || type === 'number') return minimum;
  if (type === 'boolean') return false;
  return SAMPLES[format] ?? '';
}

const SAMPLES: Readonly<Record<string, string>> = {
  int64: '0',
  uint64: '0',
  email: 'ada@example.com',
  'date-time': '2026-01-31T12:00:00Z',
};

function mapObject(object: Record<string, Schema>, change: (schema: Schema) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
