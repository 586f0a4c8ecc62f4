import { openapiDocument } from '@markitect/api';
import { cell, table } from './markdown.mjs';

/** The page of all routes, from the OpenAPI description the server answers with. */
export async function apiPage() {
  const { info, paths } = await openapiDocument();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      ...operation,
    })),
  );
  return `# The HTTP API

${info.description}

The same as OpenAPI at \`/openapi.json\`, and to try out at \`/docs\`. Problems are answered as problem+json with a code:
[all errors](errors.md).

${table(
  ['Request', 'Does'],
  operations.map(({ method, path, summary }) => [`\`${method} ${path}\``, cell(summary ?? '')]),
)}

${operations.map(operationSection).join('\n\n')}
`;
}

function operationSection({ method, path, summary, description, parameters = [], requestBody, responses }) {
  const parts = [
    `## ${method} ${path}`,
    summary === undefined ? '' : `${summary}.`.replace(/\.\.$/, '.'),
    description ?? '',
  ];
  if (parameters.length > 0) {
    parts.push(
      table(
        ['Parameter', 'In', 'Type', ''],
        parameters.map((each) => [
          `\`${each.name}\`${each.required ? ' (required)' : ''}`,
          each.in,
          cell(typeOf(each.schema)),
          cell(each.description ?? each.schema?.description ?? ''),
        ]),
      ),
    );
  }
  if (requestBody !== undefined)
    parts.push(
      `Body: ${Object.keys(requestBody.content)
        .map((type) => `\`${type}\``)
        .join(', ')}`,
    );
  parts.push(
    table(
      ['Status', 'Answer', ''],
      Object.entries(responses).map(([status, response]) => [
        status,
        Object.keys(response.content ?? {})
          .map((type) => `\`${type}\``)
          .join(', '),
        cell(response.description ?? ''),
      ]),
    ),
  );
  return parts.filter((part) => part !== '').join('\n\n');
}

function typeOf(schema = {}) {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  const bounds = [schema.minimum, schema.maximum].every((bound) => bound !== undefined)
    ? ` ${schema.minimum}–${schema.maximum}`
    : '';
  return `${schema.type ?? 'any'}${bounds}`;
}
