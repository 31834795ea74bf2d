// Starts `scaleops up` on a free port and ends it.
import { spawn } from 'node:child_process';

export async function start(binary, speed = '60') {
  const child = spawn(binary, ['up', '--speed', speed, '--seed', '7', '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const link = await new Promise((resolve, reject) => {
    const fail = setTimeout(() => reject(new Error(`no address after 60 s:\n${said}`)), 60_000);
    const read = (data) => {
      said += data;
      const found = /http:\/\/\S+token=(\w+)/.exec(said);
      if (!found) return;
      clearTimeout(fail);
      resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`ended with ${code}:\n${said}`)));
    child.on('error', reject);
  });
  const url = new URL(link[0]).origin;
  return {
    url,
    link: link[0],
    token: link[1],
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}
