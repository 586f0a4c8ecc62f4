#!/usr/bin/env node
import { errorOutcomes } from '@markitect/ports';
import { isMarkitectError } from '@markitect/domain';
import { loadConfig } from '@markitect/config';
import { serve } from './serve.js';

try {
  const config = await loadConfig({ env: process.env, cwd: process.cwd() });
  const { url } = await serve(config, { handleSignals: true });
  process.stderr.write(`MarkiTect API at ${url} (description: ${url}/docs)\n`);
} catch (error) {
  if (!isMarkitectError(error)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n${error.remedy}\n`);
  process.exitCode = errorOutcomes[error.kind].exitCode;
}
