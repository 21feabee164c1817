import type { JsonObject } from '@bufbuild/protobuf';
import { html, type Markup } from './markup';
import { hintOf, MUST, sampleOf, type Schema, schemaView, typeView } from './schema-view';

/** As much of an OpenAPI document as the page shows. */
interface Document {
  info: { title: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { parameters: Record<string, Parameter>; schemas: Record<string, Schema> };
}

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  parameters: (Parameter & { $ref?: string })[];
  requestBody?: { description?: string; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>;
  'x-idempotency-level'?: string;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

interface Route extends Operation {
  verb: string;
  path: string;
}

/** Headers that a page sets for all requests at once; browsers send the others themselves. */
const COMMON = ['User', 'Language', 'Timeout'];

/**
 * A page that shows an OpenAPI document and tries its routes; it needs nothing but `docs/page.css` and `docs/page.js`
 * beside it.
 */
export function renderPage(openApi: JsonObject): string {
  const document = openApi as unknown as Document;
  const routes = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ ...operation, verb: verb.toUpperCase(), path })),
  );
  const services = document.tags.map(({ name }) => ({
    name,
    routes: routes.filter(({ tags }) => tags.includes(name)),
  }));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="docs/page.css" />
        <script src="docs/page.js" defer></script>
      </head>
      <body>
        <nav>
          <h1>${document.info.title}</h1>
          ${services.map(serviceLinks)}
          <h2><a href="#messages">Messages</a></h2>
        </nav>
        <main>
          <p>${document.info.description} <a href="openapi.json">openapi.json</a></p>
          ${commonForm(document)} ${services.map((service) => serviceView(service, document))}
          <h2 id="messages">Messages</h2>
          ${Object.entries(document.components.schemas).map(([name, schema]) => schemaView(name, schema))}
        </main>
      </body>
    </html>`;
  return page.html;
}

interface ServiceRoutes {
  name: string;
  routes: Route[];
}

function serviceLinks({ name, routes }: ServiceRoutes): Markup {
  const links = routes.map(
    (route) => html`<li><a href="#${route.operationId}">${verbView(route)} ${route.summary}</a></li>`,
  );
  return html`<h2>${shortName(name)}</h2>
    <ul>
      ${links}
    </ul>`;
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function verbView({ verb }: Route): Markup {
  return html`<span class="verb ${verb.toLowerCase()}">${verb}</span>`;
}

function commonForm({ components }: Document): Markup {
  const token = { name: 'authorization', in: 'header', description: 'Bearer and a token.', schema: { type: 'string' } };
  const common = [token, ...COMMON.flatMap((name) => components.parameters[name] ?? [])];
  return html`<form id="common">
    <h2>Sent with every request</h2>
    ${common.map(inputView)}
  </form>`;
}

function serviceView({ name, routes }: ServiceRoutes, document: Document): Markup {
  return html`<h2>${shortName(name)} <small>${name}</small></h2>
    ${routes.map((route) => routeView(route, document))}`;
}

function routeView(route: Route, document: Document): Markup {
  const { operationId, path, summary, responses } = route;
  const level = route['x-idempotency-level'];
  return html`<details class="route" id="${operationId}">
    <summary>${verbView(route)} <code>${path}</code> <span class="quiet">${summary}</span></summary>
    ${level === undefined ? '' : html`<p><span class="tag">${level.toLowerCase().replaceAll('_', ' ')}</span></p>`}
    <form class="try" data-verb="${route.verb}" data-path="${path}">
      ${route.parameters.filter((each) => each.in === 'path' || each.in === 'query').map(inputView)}
      ${bodyView(route, document)} ${acceptView(route)}
      <p><button>Send</button> <button type="button" class="stop" disabled>Stop</button></p>
      <output hidden></output>
    </form>
    <h4>Answers with</h4>
    ${Object.entries(responses).map(([status, response]) => responseView(status, response))}
  </details>`;
}

function inputView({ name, in: place, required = false, description = '', schema }: Parameter): Markup {
  const hint = hintOf(schema, description);
  return html`<label>
    <span><code>${name}</code>${required ? MUST : ''}</span>
    <input name="${name}" data-in="${place}" placeholder="${schema.examples?.[0] ?? ''}" autocomplete="off" />
    <small>${place}, ${typeView(schema)}${hint === '' ? '' : `. ${hint}`}</small>
  </label>`;
}

function bodyView({ requestBody }: Route, { components }: Document): Markup {
  const [found] = Object.entries(requestBody?.content ?? {});
  if (!found) return html``;
  const [type, { schema }] = found;
  const sample = sampleOf(schema, components.schemas);
  const text = type === 'application/json' ? JSON.stringify(sample, undefined, 2) : JSON.stringify(sample);
  return html`<label class="body">
    <span>body</span>
    <textarea data-type="${type}" rows="${Math.min(14, text.split('\n').length + 1)}" spellcheck="false">
${text}</textarea>
    <small>${type}, ${typeView(schema)}. ${requestBody?.description ?? ''}</small>
  </label>`;
}

function acceptView({ responses }: Route): Markup {
  const types = Object.keys(responses['200']?.content ?? {});
  const options = types.map((type) => html`<option>${type}</option>`);
  return types.length < 2
    ? html``
    : html`<label
        ><span>accept</span
        ><select data-in="header" name="accept">
          ${options}
        </select></label
      >`;
}

function responseView(status: string, { description, content }: Operation['responses'][string]): Markup {
  const types = Object.entries(content ?? {}).map(
    ([type, { schema }]) => html`<li><code>${type}</code> ${typeView(schema)}</li>`,
  );
  if (status === 'default') return html`<p><b>otherwise</b> a <a href="#schema-Problem">Problem</a></p>`;
  return html`<p><b>${status}</b> ${description ?? ''}</p>
    <ul>
      ${types}
    </ul>`;
}
