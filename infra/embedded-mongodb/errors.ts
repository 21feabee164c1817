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

/** An error that MongoDB gives a number but no name: it calls those by their location in its source. */
export function located(code: number, message: string): MongoError {
  return new MongoError(code, `Location${code}`, message);
}

export function badValue(message: string): MongoError {
  return new MongoError(2, 'BadValue', message);
}

export function failedToParse(message: string): MongoError {
  return new MongoError(9, 'FailedToParse', message);
}

export function typeMismatch(message: string): MongoError {
  return new MongoError(14, 'TypeMismatch', message);
}

export function commandNotFound(name: string): MongoError {
  return new MongoError(59, 'CommandNotFound', `no such command: '${name}'`);
}

export function cursorNotFound(id: unknown): MongoError {
  return new MongoError(43, 'CursorNotFound', `cursor id ${String(id)} not found`);
}

/** What MongoDB can and this server cannot; refused, for a wrong answer would be worse. */
export function notSupported(what: string): MongoError {
  const message = `${what} is not supported by the embedded server; MONGO_URI takes a MongoDB that does`;
  return new MongoError(115, 'CommandNotSupported', message);
}
