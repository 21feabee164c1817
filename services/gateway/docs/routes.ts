import type { FastifyInstance } from 'fastify';
import type { Binding } from '../bindings';
import { createOpenApi } from '../openapi';
import { renderPage } from './page';
import { SCRIPT } from './script';
import { STYLE } from './style';

/** The page may load what is here, ask this server, and nothing else; no other page may hold it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The paths that {@link addDocs} adds, all of them for GET and HEAD. */
export const DOCS_PATHS = ['/openapi.json', '/docs', '/docs/page.css', '/docs/page.js'] as const;

/** What the gateway says of itself: an OpenAPI document, and a page made of it; made when first asked for. */
export function addDocs(app: FastifyInstance, bindings: readonly Binding[]): void {
  let document: ReturnType<typeof createOpenApi> | undefined;
  const openApi = () => (document ??= createOpenApi(bindings));
  const contents: Record<(typeof DOCS_PATHS)[number], [type: string, make: () => string]> = {
    '/openapi.json': ['application/json', () => JSON.stringify(openApi())],
    '/docs': ['text/html', () => renderPage(openApi())],
    '/docs/page.css': ['text/css', () => STYLE],
    '/docs/page.js': ['text/javascript', () => SCRIPT],
  };
  for (const [path, [type, make]] of Object.entries(contents)) {
    let content: string | undefined;
    app.get(path, (_, reply) => {
      void reply.type(`${type}; charset=utf-8`).header('content-security-policy', POLICY);
      void reply.send((content ??= make()));
    });
  }
}
