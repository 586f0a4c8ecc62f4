#!/usr/bin/env node
// Lies outside dist so that `npm install` can link the command before anything is built.
try {
  await import('../dist/main.js');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('dist/main.js')) throw error;
  process.stderr.write('error: markitect is not built yet\n  fix: Run `npm run build` in the repository.\n');
  process.exitCode = 1;
}
