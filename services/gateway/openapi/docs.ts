import type { JsonObject } from '@bufbuild/protobuf';
import type { SwaggerOptions } from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';

/** The page may load what is here, ask this server, and nothing else; no other page may hold it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The paths that {@link addDocs} adds, all of them for GET and HEAD. */
export const DOCS_PATHS = ['/openapi.json', '/docs', '/docs/*'] as const;

/**
 * Serves the OpenAPI document and Swagger UI, which shows it and tries its routes.
 *
 * @param makeDocument called once, by the first request: most gateways never get one
 */
export function addDocs(app: FastifyInstance, makeDocument: () => Promise<JsonObject>): void {
  const document = once(makeDocument);
  const page = once(async () => createPage(await document()));
  app.get('/openapi.json', async (_, reply) => {
    void reply.type('application/json; charset=utf-8').header('content-security-policy', POLICY);
    return JSON.stringify(await document());
  });
  for (const path of ['/docs', '/docs/*'])
    app.get(path, async ({ url, headers }, reply) => {
      const { 'if-none-match': known = '' } = headers;
      const answer = await (await page()).inject({ url, headers: { 'if-none-match': known } });
      if (answer.statusCode === 404) {
        reply.callNotFound();
        return reply;
      }
      for (const name of FORWARDED)
        if (answer.headers[name] !== undefined) void reply.header(name, answer.headers[name]);
      return reply.code(answer.statusCode).header('content-security-policy', POLICY).send(answer.rawPayload);
    });
}

const FORWARDED = ['content-type', 'cache-control', 'etag', 'last-modified', 'location'];

/**
 * Swagger UI in a server of its own that never listens: its packages take 200 ms to load and 11 MB, and Fastify takes
 * no plugins once it listens.
 */
async function createPage(document: JsonObject): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const app = fastify();
  await app.register(swagger, { mode: 'static', specification: { document } } as unknown as SwaggerOptions);
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: (document['info'] as { title: string }).title },
    uiConfig: {
      layout: 'BaseLayout',
      displayRequestDuration: true,
      tryItOutEnabled: true,
      // Swagger UI's requests are objects of its own and not the Request of browsers.
      requestInterceptor: messageOnOneLine as never,
    },
  });
  return app;
}

/** As much of a request as is looked at; the one for the document has no type. */
interface PageRequest {
  headers: Record<string, string | undefined>;
  body?: string;
}

/**
 * Swagger UI spreads the example of an upload over several lines, and each line is a message. It runs in the page, so
 * it can use nothing from this file.
 */
function messageOnOneLine(request: PageRequest): PageRequest {
  if (request.headers['Content-Type'] !== 'application/x-ndjson' || request.body === undefined) return request;
  try {
    return Object.assign(request, { body: JSON.stringify(JSON.parse(request.body)) });
  } catch {
    // Several messages, or text that the server refuses by its line.
    return request;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
