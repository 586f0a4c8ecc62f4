// Starts a service, says what it has, and waits to be killed.
import { startGitea, startRedis } from '../dist/services.js';

const start = process.argv[2] === 'gitea' ? startGitea : startRedis;
const { url, logFile } = await start();
console.log(JSON.stringify({ url, logFile }));
setInterval(() => undefined, 1000);
