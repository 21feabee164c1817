import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import * as z from 'zod';

/** The address of a store. */
export interface StoreAddress {
  readonly uri: string;
  /** The file with the connection string, which may change while the service runs. */
  readonly file?: string;
}

const URI = 'a connection string, for example mongodb://localhost:27017';

/** Settings of a service with a store: the connection string, or the path of a file with it. */
export const STORE_CONFIG = z
  .object({ MONGO_URI: z.string().optional(), MONGO_URI_FILE: z.string().optional() })
  .transform(({ MONGO_URI: uri, MONGO_URI_FILE: file }, context): { mongo: StoreAddress } => {
    const fault = (message: string, ...path: string[]): never => {
      context.addIssue({ code: 'custom', message, path });
      return z.NEVER;
    };
    if (file !== undefined && uri !== undefined)
      return fault('MONGO_URI and MONGO_URI_FILE are both set; leave one of them out');
    if (file !== undefined) return readAddress(file, fault);
    if (uri === undefined) return fault(`${URI}, or MONGO_URI_FILE to the path of a file that has one`, 'MONGO_URI');
    const wanted = wantedInsteadOf(uri);
    return wanted === undefined ? { mongo: { uri } } : fault(wanted, 'MONGO_URI');
  });

function readAddress(file: string, fault: (message: string, ...path: string[]) => never): { mongo: StoreAddress } {
  // Somebody may put the connection string itself here by mistake, and a message must not quote it.
  if (!isAbsolute(file)) return fault('the absolute path of a file that has a connection string', 'MONGO_URI_FILE');
  try {
    return { mongo: { uri: readUri(file), file } };
  } catch (error) {
    return fault((error as Error).message);
  }
}

/**
 * Reads a connection string from a file, without the end of its line.
 *
 * @throws Error that describes the fault and never quotes the file
 */
export function readUri(file: string): string {
  const uri = textOf(file).trimEnd();
  if (uri === '') throw new Error(`MONGO_URI_FILE: ${file} is empty; write ${URI} into it`);
  const wanted = wantedInsteadOf(uri);
  if (wanted !== undefined) throw new Error(`MONGO_URI_FILE: ${file} must have ${wanted}, not what is in it`);
  return uri;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`MONGO_URI_FILE cannot be read: ${(error as Error).message}; name a file that has ${URI}`);
  }
}

function wantedInsteadOf(uri: string): string | undefined {
  if (!/^mongodb(\+srv)?:\/\/\S+$/.test(uri)) return URI;
  return ENCODED.test(uri) && !/%(?![\da-f]{2})/i.test(uri) ? undefined : ENCODED_URI;
}

/**
 * User, password, hosts, database and options, each with the separators inside it encoded. Otherwise the driver splits
 * it in the wrong place: in `mongodb://u:p@s/s@db` it reads `s` as the host.
 *
 * @see https://www.mongodb.com/docs/manual/reference/connection-string/#special-characters-in-connection-string-password
 */
const ENCODED = /^[a-z+]+:\/\/(?:[^:/?#[\]@]*(?::[^:/?#[\]@]*)?@)?[^/?#@]*(?:\/[^/?#@]*)?(?:\?[^#@]*)?$/;

const ENCODED_URI =
  'a connection string with the special characters of user, password, database and options percent-encoded ' +
  '(@ is %40, / is %2F, : is %3A, # is %23, ? is %3F, % is %25)';
