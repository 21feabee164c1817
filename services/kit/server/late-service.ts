import type { MethodDefinition, Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

/** A service of a library: its definition, and functions by the names of its methods. */
export interface LibraryService {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, (...call: unknown[]) => void>>;
}

/** Whether a method has a stream of requests, and of replies. */
type Kind = Pick<MethodDefinition<unknown, unknown>, 'requestStream' | 'responseStream'>;
type Codecs = Omit<MethodDefinition<unknown, unknown>, keyof Kind | 'path'>;

/**
 * Adds a service whose library is loaded with the first call.
 *
 * @param typeName the full name of the service
 * @param kinds its methods
 * @param load returns the library's service; called for each call
 */
export function addLateService(
  server: Pick<Server, 'addService'>,
  typeName: string,
  kinds: Readonly<Record<string, Kind>>,
  load: () => LibraryService,
): void {
  const definition: Record<string, MethodDefinition<unknown, unknown>> = {};
  const handlers: LibraryService['handlers'] & UntypedServiceImplementation = {};
  for (const [name, kind] of Object.entries(kinds)) {
    const codecs = lateCodecs(() => load().definition[name] as MethodDefinition<unknown, unknown>);
    definition[name] = { path: `/${typeName}/${name}`, ...kind, ...codecs };
    handlers[name] = (...call: unknown[]) => handlerOf(load(), name)(...call);
  }
  server.addService(definition, handlers);
}

/** A library may name its handlers as the contract names the methods, or in lowerCamelCase. */
function handlerOf({ definition, handlers }: LibraryService, name: string): (...call: unknown[]) => void {
  return handlers[name] ?? (handlers[definition[name]?.originalName ?? ''] as (...call: unknown[]) => void);
}

function lateCodecs(method: () => Codecs): Codecs {
  return {
    requestSerialize: (request) => method().requestSerialize(request),
    requestDeserialize: (bytes) => method().requestDeserialize(bytes),
    responseSerialize: (reply) => method().responseSerialize(reply),
    responseDeserialize: (bytes) => method().responseDeserialize(bytes),
  };
}

/** The services that a library adds to a server. */
export function servicesOf(library: { addToServer(server: Pick<Server, 'addService'>): void }): LibraryService[] {
  const services: LibraryService[] = [];
  const addService: Server['addService'] = (definition, handlers) =>
    void services.push({ definition, handlers: handlers as LibraryService['handlers'] });
  library.addToServer({ addService });
  return services;
}
