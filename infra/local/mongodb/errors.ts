/** An error as MongoDB numbers and names it. @see https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
export class MongoError extends Error {
  constructor(
    readonly code: number,
    readonly codeName: string,
    message: string,
    readonly details: object = {},
  ) {
    super(message);
  }
}

export function badValue(message: string): MongoError {
  return new MongoError(2, 'BadValue', message);
}

export function commandNotFound(name: string): MongoError {
  return new MongoError(59, 'CommandNotFound', `no such command: '${name}'`);
}

export function cursorNotFound(id: unknown): MongoError {
  return new MongoError(43, 'CursorNotFound', `cursor id ${String(id)} not found`);
}
