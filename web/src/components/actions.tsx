// What the updater did or refused to do, one line each.
import { groupActions } from '../api/reduce';
import type { Action } from '../api/types';
import { actionText } from '../lib/action-text';
import { Link, workloadHref } from '../lib/router';
import { Ago, Badge, Icon } from './parts';

export function ActionLine({ action, count = 1, plain = false }: { action: Action; count?: number; plain?: boolean }) {
  const name = action.workload.split('/');
  const [title, detail] = actionText(action);
  return (
    <li className={`line ${action.done ? '' : 'line-quiet'}`}>
      <span className={`line-icon ${action.done ? 'good' : 'plain'}`}>
        <Icon name={action.done ? (action.action === 'resize' ? 'resize' : 'evict') : 'shield'} size={16} />
      </span>
      <span className="line-main">
        <span className="line-title">
          {plain ? (
            <span>{action.pod || name[2]}</span>
          ) : (
            <Link href={workloadHref(action.workload)}>{name[2]}</Link>
          )}
          {!plain && <small>{name[0]}</small>}
          {count > 1 && <Badge tone="plain">×{count}</Badge>}
        </span>
        <span className="line-detail">
          {title}
          {detail && `${action.done ? ' · ' : ': '}${detail}`}
        </span>
      </span>
      <span className="line-time">
        <Ago at={action.at} />
      </span>
    </li>
  );
}

export function ActionList({ items, plain = false }: { items: Action[]; plain?: boolean }) {
  return (
    <ul className="lines">
      {groupActions(items).map((group) => (
        <ActionLine key={group.key} action={group.newest} count={group.count} plain={plain} />
      ))}
    </ul>
  );
}
