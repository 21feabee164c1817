/** Attributes that Weft never sends, because they could contain user data or credentials. */
export interface RefusedAttribute {
  /** Attributes by name; `*` stands for anything. */
  readonly name: string;
  readonly because: string;
}

const QUERY = 'contains the text of a query';
const HEADERS = 'headers can contain tokens';
const MESSAGE = 'error messages quote requests and documents';
const PATH = 'contains fields of the request; http.route has the template';

/** What is refused, by name. */
export const REFUSED: readonly RefusedAttribute[] = [
  { name: 'db.query.text', because: QUERY },
  { name: 'db.query.parameter.*', because: 'contains the values of a query' },
  { name: 'db.statement', because: QUERY },
  { name: 'grpc.error_message', because: MESSAGE },
  { name: 'error.message', because: MESSAGE },
  { name: 'exception.message', because: MESSAGE },
  { name: 'exception.stacktrace', because: MESSAGE },
  { name: 'rpc.*metadata.*', because: 'metadata can contain tokens' },
  { name: 'http.request.header.*', because: HEADERS },
  { name: 'http.response.header.*', because: HEADERS },
  { name: 'http.request.body*', because: 'contains a payload' },
  { name: 'http.response.body*', because: 'contains a payload' },
  { name: 'url.query', because: 'contains search terms' },
  { name: 'url.full', because: PATH },
  { name: 'url.path', because: PATH },
  { name: 'http.url', because: PATH },
  { name: 'http.target', because: PATH },
  { name: 'client.address', because: 'identifies a person' },
  { name: 'user_agent.original', because: 'clients can write anything into it' },
  { name: 'user.*', because: 'identifies a person' },
  { name: 'enduser.*', because: 'identifies a person' },
  { name: 'session.*', because: 'identifies a person' },
  { name: 'process.command*', because: 'arguments can contain passwords' },
  { name: 'process.environment_variable.*', because: 'variables can contain passwords' },
];

/** Words that no attribute name may contain. */
const SECRET = /(^|[._])(email|password|passwd|secret|token|authorization|cookie|credential)s?($|[._])/i;

const PATTERNS = REFUSED.map(({ name, because }) => {
  const parts = name.split('*').map((part) => part.replaceAll('.', '[.]'));
  return { pattern: new RegExp(`^${parts.join('.*')}$`), because };
});

/** @returns why an attribute is refused, or undefined if it is allowed */
export function whyRefused(name: string): string | undefined {
  if (SECRET.test(name)) return 'its name suggests a secret or a person';
  return PATTERNS.find(({ pattern }) => pattern.test(name))?.because;
}
