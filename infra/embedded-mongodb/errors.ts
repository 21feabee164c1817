/** An error with MongoDB's code and name. @see https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
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

/** An error without a name of its own: MongoDB names it after a location in its source. */
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

/** A feature of MongoDB that this server lacks; refused, because a wrong answer would be worse. */
export function notSupported(feature: string): MongoError {
  const message = `${feature} is not supported by the embedded server; set MONGO_URI to use a real MongoDB`;
  return new MongoError(115, 'CommandNotSupported', message);
}
