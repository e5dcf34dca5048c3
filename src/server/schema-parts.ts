// The words in which routes say what they take and give: JSON Schema, as OpenAPI has it.

/** A schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Any text. */
export const text = { type: 'string' } as const;
/** Any number. */
export const number = { type: 'number' } as const;
/** A whole number. */
export const integer = { type: 'integer' } as const;
/** An object with properties, all of which are there unless it is said which are; there may be more. */
export const object = (
  properties: JsonSchema,
  required: readonly string[] = Object.keys(properties),
): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: true,
});

/** The body of every error. */
export const ERROR = object({
  error: object(
    {
      code: {
        ...text,
        enum: [
          ...['malformed_media', 'unsupported_media', 'limit_exceeded', 'source_failed', 'engine_failed'],
          ...['overloaded', 'bad_request', 'invariant'],
        ],
      },
      message: { ...text, description: 'One sentence for a person.' },
      context: { type: 'object', additionalProperties: true },
    },
    ['code', 'message'],
  ),
});

/** What each status of an error means here. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'A value is not understood.',
  401: 'An API key or a signed link is needed.',
  403: 'That may not be read.',
  404: 'There is no such thing, or no longer.',
  415: 'Nothing in the file can be sent.',
  422: 'The file is broken, or abusive.',
  500: 'A decoder or encoder failed, or segmint did.',
  502: 'The source could not be read.',
  503: 'The server has more to do than it can, or is ending; Retry-After says when to try again.',
  504: 'The source did not answer in time.',
};

/** The answers of some error statuses. */
export function errors(...statuses: readonly number[]): JsonSchema {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: ERRORS[status], content: { 'application/json': { schema: ERROR } } },
    ]),
  );
}

/** What may go wrong wherever a source is opened. */
export const MEDIA_ERRORS = errors(400, 401, 403, 404, 415, 422, 500, 502, 503, 504);

/** The answer 200 of one media type. */
export function answer(description: string, type: string, schema: JsonSchema = text): JsonSchema {
  return { 200: { description, content: { [type]: { schema } } } };
}

/** Bytes. */
export const binary = { type: 'string', contentMediaType: 'application/octet-stream' } as const;
/** The answer to `If-None-Match`. */
export const unchanged = { 304: { description: 'What the client has still holds.', type: 'null' } };
/** The answer to `absent=empty`. */
export const noPicture = { 204: { description: 'There is no picture, and that is no error.', type: 'null' } };
/** How it is told that there is no picture. */
export const ABSENT = {
  ...text,
  enum: ['empty'],
  description: 'With "empty", that there is no picture is told by 204 in place of an error.',
};
/** The answer of short forms. */
export const redirect = {
  302: { description: 'Leads to the address of the item, with the rest of the query.', type: 'null' },
};

/** The parameter that names an item. */
export const REF = {
  ref: { ...text, description: 'Names a file of the library, as /library.json does, or a URL in base64url.' },
};
/** The query of short forms. */
export const SRC = {
  src: { ...text, description: 'A path below a root of the library, or an http or https URL.' },
};
/** A time in a query. */
export const TIME = { ...text, description: 'A time: 90, 90.5, 1:30, 1m30s.', examples: ['1:30'] };
/** The parameters of a path. */
export function params(properties: JsonSchema): JsonSchema {
  return object(properties);
}

/** The parameters of a query; none has to be there unless it is said. */
export function query(properties: JsonSchema, required: readonly string[] = []): JsonSchema {
  return object(properties, required);
}
