import type { FoundResult, JsonValue, Task } from '@markitect/domain';
import type { Scraper, Transaction } from '@markitect/ports';
import {
  FakeMarkdownParser,
  FakeScraper,
  foundResult,
  InMemoryAstStore,
  InMemoryCache,
  InMemoryRateLimitRepository,
  InMemoryUnitOfWork,
} from '@markitect/testing';
import {
  DocumentService,
  ResearchService,
  researchTaskHandler,
  ScrapeWorker,
  ScrapingPermits,
  type TaskContext,
} from '../src/index.js';

/** `count` results of a source that all answer a question about borrowing. */
export function answers(source: string, count: number): readonly FoundResult[] {
  return Array.from({ length: count }, (_, index) =>
    foundResult(`${source}:${index + 1}`, {
      title: `Borrowing ${index + 1} in ${source}`,
      score: count - index,
    }),
  );
}

/** Researches on fakes. Tasks are done when a test says so. */
export function researchFixture(scrapers: Readonly<Record<string, Scraper>> = {}) {
  const unitOfWork = new InMemoryUnitOfWork();
  const sources: Record<string, Scraper> = {
    docs: new FakeScraper({ results: answers('docs', 3) }),
    issues: new FakeScraper({ results: answers('issues', 2) }),
    ...scrapers,
  };
  const documents = new DocumentService(
    {
      documents: unitOfWork.documents,
      parser: new FakeMarkdownParser(),
      trees: new InMemoryAstStore(),
      cache: new InMemoryCache(),
    },
    { maxBytes: 1024 * 1024 },
  );
  const ports = {
    searches: unitOfWork.searches,
    results: unitOfWork.searchResults,
    jobs: unitOfWork.scrapingJobs,
    unitOfWork,
    scrapers: sources,
    tasks: unitOfWork.tasks,
    documents,
  };
  const limits = new InMemoryRateLimitRepository();
  const handler = researchTaskHandler(
    new ScrapeWorker({ ...ports, limits }, new ScrapingPermits(limits, new Map())),
  );

  /** Does a task that is held, as a worker would; throws what the handler throws. */
  const attempt = async (
    task: Task,
    signal: TaskContext['signal'] = new AbortController().signal,
  ): Promise<void> => {
    const hold = { id: task.id, fence: task.fence };
    const context: TaskContext = {
      task,
      payload: task.payload,
      signal,
      fence: task.fence,
      report: () => Promise.resolve(),
      complete: async <Result>(work: (transaction: Transaction) => Promise<Result>) =>
        unitOfWork.run(async (transaction) => {
          const result = await work(transaction);
          const [isHeld] = await transaction.tasks.settle([
            { ...hold, kind: 'completed', result: (result ?? null) as JsonValue },
          ]);
          if (isHeld !== true) throw new Error('TASK_LEASE_LOST');
          return result;
        }),
    };
    await handler.begin(task.payload)(context);
  };

  let workers = 0;
  /** Takes tasks; those of another worker are taken away before, as if its lease was over. */
  const claim = async (leaseMs = 60_000) => {
    await unitOfWork.tasks.rescue();
    return unitOfWork.tasks.claim({ worker: `worker-${(workers += 1)}`, limit: 100, leaseMs });
  };
  const work = async () => {
    for (const task of await claim()) await attempt(task);
  };

  return {
    service: new ResearchService(ports),
    ports,
    unitOfWork,
    documents,
    limits,
    attempt,
    claim,
    /** Does all tasks that wait, one after the other. */
    work,
    /** Puts a question and has it answered. */
    done: async (names: readonly string[] = Object.keys(sources)) => {
      const service = new ResearchService(ports);
      const { search } = await service.start({ question: 'How does borrowing work?', sources: names });
      await work();
      return search.id;
    },
  };
}

/** A promise that is settled from outside. */
export function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
