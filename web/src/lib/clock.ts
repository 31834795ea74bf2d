// The cluster's clock as the browser knows it: in an accelerated demo it runs faster than the wall's.
import { useSyncExternalStore } from 'react';

let shown = Date.now(); // cluster time at `real`
let real = performance.now();
let speed = 1;
let told = false;
const listeners = new Set<() => void>();
let tick = Date.now();

/** Takes a time stamp of the server; two of them tell how fast its clock runs. */
export function syncClock(serverNow: number) {
  const at = performance.now();
  if (told && at - real > 1500) {
    const seen = (serverNow - shown) / (at - real);
    // Small deviations are the network's; a factor is the demo's.
    const factor = seen > 0 && Math.abs(seen - 1) > 0.2 ? seen : 1;
    const steady = factor / speed > 0.5 && factor / speed < 2;
    speed = steady && factor !== 1 ? speed + (factor - speed) / 4 : factor;
    shown = serverNow;
    real = at;
  } else if (!told) {
    told = true;
    shown = serverNow;
    real = at;
    publish();
  }
}

export const clusterNow = () => shown + (performance.now() - real) * speed;
export const clusterSpeed = () => speed;

function publish() {
  tick = Math.floor(clusterNow() / 1000) * 1000;
  listeners.forEach((each) => each());
}
setInterval(publish, 1000);

/** Cluster time in whole seconds, renewed every second. */
export function useClusterNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => tick,
  );
}
