import { type ExportFormat, researchView, resultView, searchView } from '@markitect/application';
import type { JsonValue } from '@markitect/domain';
import { z } from 'zod';
import { refuseForeignPage } from '../http/foreign-page.js';
import { sendStream } from '../http/send-stream.js';
import { problems } from '../schemas/answer-schemas.js';
import { pageOf } from '../schemas/document-schemas.js';
import { noBody } from '../schemas/issue-requests.js';
import {
  analysisBody,
  exportQuery,
  research,
  researchesQuery,
  researchParams,
  researchResult,
  researchResults,
  researchSummary,
  resultParams,
  resultsQuery,
  savedResearch,
  saveResearchBody,
  startResearchBody,
} from '../schemas/research-schemas.js';
import type { ApiServer, ServedApplication } from './served-application.js';

const tags = ['research'];

const exportTypes: Readonly<Record<ExportFormat, string>> = {
  md: 'text/markdown; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
};

const answer = (description: string) => ({
  description,
  content: { 'application/json': { schema: research } },
});

/** Questions put to several sources. Workers ask them: those of this server, or of `markitect work`. */
export function researchRoutes(app: ApiServer, application: ServedApplication): void {
  app.get(
    '/research',
    {
      schema: {
        tags,
        operationId: 'listResearch',
        summary: 'List researches, the newest first, a page at a time',
        querystring: researchesQuery,
        response: {
          200: {
            description: 'A page.',
            content: { 'application/json': { schema: pageOf(researchSummary) } },
          },
          ...problems(),
        },
      },
    },
    async ({ query }) => {
      const page = await application.research.list(query);
      return { ...page, items: page.items.map(searchView) };
    },
  );

  app.post(
    '/research',
    {
      schema: {
        tags,
        operationId: 'startResearch',
        summary: 'Put a question to several sources',
        description:
          'Answers at once; workers do the rest. Watch it at `/v1/research/{id}/events`, or ask for it now and then.',
        body: startResearchBody,
        response: { 201: answer('Stored, with its `Location`.'), ...problems(413, 415) },
      },
    },
    async ({ body }, reply) => {
      const status = await application.research.start(body);
      void reply.code(201).header('location', `/v1/research/${status.search.id}`);
      return researchView(status);
    },
  );

  app.get(
    '/research/:id',
    {
      schema: {
        tags,
        operationId: 'getResearch',
        summary: 'A research and how far each of its sources is',
        params: researchParams,
        response: { 200: answer('The research.'), ...problems(404) },
      },
    },
    async ({ params }) => researchView(await application.research.status(params.id)),
  );

  app.delete(
    '/research/:id',
    {
      schema: {
        tags,
        operationId: 'removeResearch',
        summary: 'Remove a research with all it has found',
        description: 'One that runs is cancelled. A document it was saved as stays.',
        params: researchParams,
        response: { 204: z.undefined().meta({ description: 'Removed.' }), ...problems(404) },
      },
    },
    async ({ params }, reply) => {
      await application.research.remove(params.id);
      return reply.code(204).send();
    },
  );

  app.get(
    '/research/:id/results',
    {
      schema: {
        tags,
        operationId: 'listResearchResults',
        summary: 'What a research has found, by rank, a page at a time',
        description:
          'Results are ranked when the research ends: by reciprocal rank fusion over its sources, without duplicates. Before, they come in the order in which they were found.',
        params: researchParams,
        querystring: resultsQuery,
        response: {
          200: { description: 'A page.', content: { 'application/json': { schema: researchResults } } },
          ...problems(404),
        },
      },
    },
    async ({ params, query: { duplicates, ...query } }) => {
      const page = await application.research.results(params.id, {
        ...query,
        withDuplicates: duplicates === 'true',
      });
      return { ...page, items: page.items.map(resultView) };
    },
  );

  app.put(
    '/research/:id/results/:result/analysis',
    {
      schema: {
        tags,
        operationId: 'analyseResearchResult',
        summary: 'Note what was made of a result',
        params: resultParams,
        body: analysisBody,
        response: {
          200: { description: 'The result.', content: { 'application/json': { schema: researchResult } } },
          ...problems(404, 413, 415),
        },
      },
    },
    async ({ params, body }) =>
      resultView(await application.research.analyse(params.id, params.result, body.analysis as JsonValue)),
  );

  app.get(
    '/research/:id/export',
    {
      schema: {
        tags,
        operationId: 'exportResearch',
        summary: 'All results as one file',
        params: researchParams,
        querystring: exportQuery,
        response: {
          200: {
            description:
              'The file. In CSV, what a spreadsheet would run as a formula has an apostrophe before it.',
            content: {
              'text/markdown': { schema: z.string() },
              'text/csv': { schema: z.string() },
              'application/json': { schema: research.extend({ results: z.array(researchResult) }) },
            },
          },
          ...problems(404),
        },
      },
    },
    async ({ params, query: { format, duplicates, ...query } }, reply) => {
      const parts = await application.research.export(params.id, format, {
        ...query,
        withDuplicates: duplicates === 'true',
      });
      void reply
        .type(exportTypes[format])
        .header('content-disposition', `attachment; filename="research-${params.id}.${format}"`);
      return sendStream(reply, parts);
    },
  );

  app.post(
    '/research/:id/cancel',
    {
      schema: {
        tags,
        operationId: 'cancelResearch',
        summary: 'End a research before it is done',
        description: 'What was found is ranked and stays.',
        params: researchParams,
        body: noBody,
        response: { 200: answer('Cancelled.'), ...problems(404, 409, 413, 415) },
      },
    },
    async ({ params, body, headers }) => {
      refuseForeignPage(headers, body);
      return researchView(await application.research.cancel(params.id));
    },
  );

  app.post(
    '/research/:id/rerun',
    {
      schema: {
        tags,
        operationId: 'rerunResearch',
        summary: 'Put the question of a finished research again',
        params: researchParams,
        body: noBody,
        response: { 201: answer('Stored, with its `Location`.'), ...problems(404, 409, 413, 415) },
      },
    },
    async ({ params, body, headers }, reply) => {
      refuseForeignPage(headers, body);
      const status = await application.research.rerun(params.id);
      void reply.code(201).header('location', `/v1/research/${status.search.id}`);
      return researchView(status);
    },
  );

  app.post(
    '/research/:id/save',
    {
      schema: {
        tags,
        operationId: 'saveResearch',
        summary: 'Save a finished research as a document',
        description: 'The document is searched, linked and versioned like any other.',
        params: researchParams,
        body: saveResearchBody,
        response: {
          200: { description: 'Saved.', content: { 'application/json': { schema: savedResearch } } },
          ...problems(404, 409, 413, 415),
        },
      },
    },
    async ({ params, body, headers }) => {
      refuseForeignPage(headers, body);
      return application.research.save(params.id, body ?? {});
    },
  );
}
