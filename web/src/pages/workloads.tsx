// All workloads: filtered and sorted by the server, virtualised here, changed one by one or in bulk.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { flexRender, getCoreRowModel, useReactTable, type ColumnDef } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../app';
import { get } from '../api/client';
import type { Namespaces, Overview, Page, Policy, WorkloadRow } from '../api/types';
import { BulkBar } from '../components/bulk';
import { AutomationBadge, automationWords, Badge, Empty, Failure, Icon, SkeletonLines, UsageBar } from '../components/parts';
import * as format from '../lib/format';
import { Link, navigate, useQueryState, workloadHref } from '../lib/router';

const pageSize = 200;
const rowHeight = 60;

const states = [
  ['', 'All'],
  ['oversized', 'Oversized'],
  ['undersized', 'Undersized'],
  ['urgent', 'Urgent'],
  ['oom', 'OOM-killed'],
  ['learning', 'Learning'],
] as const;

function Level({ row, resource }: { row: WorkloadRow; resource: format.Resource }) {
  const level = row[resource];
  const change = format.change(level.requested, level.recommended);
  if (row.pods === 0) return <span className="faint">no pods now</span>;
  return (
    <span className="level">
      <span className="level-text">
        <span>{format.amount(resource, level.requested)}</span>
        {row.advised && change !== 'same' && change !== '' && (
          <span className={`level-change ${level.recommended < level.requested ? 'good' : 'warn'}`}>{change}</span>
        )}
      </span>
      <UsageBar resource={resource} used={level.used} requested={level.requested} recommended={level.recommended} />
    </span>
  );
}

export function Workloads() {
  const [query, setQuery] = useQueryState();
  const [text, setText] = useState(query.q ?? '');
  const search = useRef<HTMLInputElement>(null);
  const session = useSession();
  const filter = useMemo(
    () => ({
      q: query.q ?? '',
      namespace: query.namespace ?? '',
      kind: query.kind ?? '',
      automation: query.automation ?? '',
      policy: query.policy ?? '',
      state: query.state ?? '',
    }),
    [query.q, query.namespace, query.kind, query.automation, query.policy, query.state],
  );
  const sort = query.sort ?? 'saving';
  const order = query.order ?? (sort === 'name' ? 'asc' : 'desc');

  // Typing filters after a short pause.
  useEffect(() => {
    const timer = setTimeout(() => text !== (query.q ?? '') && setQuery({ q: text }), 250);
    return () => clearTimeout(timer);
  }, [text, query.q, setQuery]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && /INPUT|TEXTAREA|SELECT/.test(event.target.tagName);
      if (event.key === '/' && !typing) {
        event.preventDefault();
        search.current?.focus();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const spaces = useQuery({ queryKey: ['workloads', 'namespaces'], queryFn: ({ signal }) => get<Namespaces>('/namespaces', {}, signal) });
  const policies = useQuery({ queryKey: ['policies'], queryFn: ({ signal }) => get<{ items: Policy[] }>('/policies', {}, signal) });
  const overview = useQuery({ queryKey: ['overview'], queryFn: ({ signal }) => get<Overview>('/overview', {}, signal) });
  const currency = overview.data?.money.currency;
  const list = useInfiniteQuery({
    queryKey: ['workloads', 'list', filter, sort, order],
    queryFn: ({ pageParam, signal }) =>
      get<Page<WorkloadRow>>('/workloads', { ...filter, sort, order, offset: pageParam, limit: pageSize }, signal),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.offset + last.items.length < last.total ? last.offset + last.items.length : undefined),
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const total = list.data?.pages[0]?.total ?? 0;

  const [chosen, setChosen] = useState<Record<string, boolean>>({});
  const [everything, setEverything] = useState(false);
  const filterKey = JSON.stringify(filter);
  useEffect(() => {
    setChosen({});
    setEverything(false);
  }, [filterKey]);

  const columns = useMemo<ColumnDef<WorkloadRow>[]>(
    () => [
      {
        id: 'name',
        header: 'Workload',
        cell: ({ row: { original: row } }) => (
          <span className="who">
            <span className="who-name">
              <Link href={workloadHref(row.id)} className="who-text" title={row.name} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
                {row.name}
              </Link>
              {row.kills_24h > 0 && <Badge tone="bad">{row.kills_24h} OOM</Badge>}
              {row.urgent && <Badge tone="warn">Urgent</Badge>}
              {row.coverage < 1 && <Badge tone="plain">Learning</Badge>}
            </span>
            <small>
              {row.namespace}
              <span className="wide-only"> · {row.kind}</span>
              {row.automation !== 'open' && <span className="narrow-only"> · {automationWords[row.automation].toLowerCase()}</span>}
            </small>
          </span>
        ),
      },
      { id: 'pods', header: 'Pods', cell: ({ row: { original: row } }) => (row.ready < row.pods ? `${row.ready}/${row.pods}` : row.pods) },
      { id: 'cpu_requested', header: 'CPU requested', cell: ({ row: { original: row } }) => <Level row={row} resource="cpu" /> },
      { id: 'memory_requested', header: 'Memory requested', cell: ({ row: { original: row } }) => <Level row={row} resource="memory" /> },
      {
        id: 'saving',
        header: 'Saving / month',
        cell: ({ row: { original: row } }) => (
          <span className={row.saving > 0.5 ? 'good' : row.saving < -0.5 ? 'warn' : 'faint'}>{format.money(row.saving, currency)}</span>
        ),
      },
      { id: 'automation', header: 'Automation', enableSorting: false, cell: ({ row: { original: row } }) => <AutomationBadge state={row.automation} /> },
      {
        id: 'policy',
        header: 'Policy',
        enableSorting: false,
        cell: ({ row: { original: row } }) => <span className="faint">{row.policy_override || row.policy || '–'}</span>,
      },
    ],
    [currency],
  );
  const table = useReactTable({
    data: rows,
    columns,
    getRowId: (row) => row.id,
    getCoreRowModel: getCoreRowModel(),
    manualSorting: true,
    manualFiltering: true,
    enableRowSelection: true,
    state: { rowSelection: chosen, sorting: [{ id: sort, desc: order === 'desc' }] },
    onRowSelectionChange: (update) => {
      setEverything(false);
      setChosen(typeof update === 'function' ? update(chosen) : update);
    },
    onSortingChange: (update) => {
      const next = typeof update === 'function' ? update([{ id: sort, desc: order === 'desc' }]) : update;
      if (next[0]) setQuery({ sort: next[0].id, order: next[0].desc ? 'desc' : 'asc' });
    },
    sortDescFirst: true,
    enableSortingRemoval: false,
  });
  const tableRows = table.getRowModel().rows;

  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: tableRows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const lastShown = shown[shown.length - 1]?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown >= tableRows.length - 40) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, lastShown, tableRows.length]);

  const [focus, setFocus] = useState(0);
  const focusRow = (index: number) => {
    const at = Math.max(0, Math.min(tableRows.length - 1, index));
    setFocus(at);
    virtual.scrollToIndex(at);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${at}"]`)?.focus());
  };

  const ids = Object.keys(chosen).filter((id) => chosen[id]);
  const allLoaded = tableRows.length > 0 && tableRows.every((row) => row.getIsSelected());
  const filtered = Object.values(filter).some((value) => value !== '');
  const mayOperate = session.data?.may_operate ?? false;

  return (
    <div className="page page-fill">
      <header className="page-head">
        <div>
          <h1>Workloads</h1>
          <p className="page-sub">{list.data ? format.plural(total, filtered ? 'match' : 'workload', filtered ? 'matches' : 'workloads') : ' '}</p>
        </div>
        <div className="filters">
          <label className="search">
            <Icon name="search" size={16} />
            <input
              ref={search}
              type="search"
              placeholder="Search"
              aria-label="Search workloads (press /)"
              value={text}
              maxLength={128}
              onChange={(event) => setText(event.target.value)}
            />
            <kbd>/</kbd>
          </label>
          <select aria-label="Namespace" value={filter.namespace} onChange={(event) => setQuery({ namespace: event.target.value })}>
            <option value="">All namespaces</option>
            {spaces.data?.items.map((space) => (
              <option key={space.name} value={space.name}>
                {space.name} ({space.workloads})
              </option>
            ))}
          </select>
          <select aria-label="Kind" value={filter.kind} onChange={(event) => setQuery({ kind: event.target.value })}>
            <option value="">All kinds</option>
            {spaces.data?.kinds.map((kind) => <option key={kind}>{kind}</option>)}
          </select>
          <select aria-label="Automation" value={filter.automation} onChange={(event) => setQuery({ automation: event.target.value })}>
            <option value="">Any automation</option>
            <option value="automated">Automated</option>
            <option value="open">Not automated</option>
            <option value="excluded">Excluded</option>
          </select>
        </div>
      </header>

      <div className="chips" role="group" aria-label="State">
        {states.map(([key, label]) => (
          <button key={key} className={`chip ${filter.state === key ? 'on' : ''}`} aria-pressed={filter.state === key} onClick={() => setQuery({ state: key })}>
            {label}
          </button>
        ))}
        {filter.policy && (
          <button className="chip on" onClick={() => setQuery({ policy: '' })} aria-label={`Remove the filter: policy ${filter.policy}`}>
            Policy: {filter.policy} ×
          </button>
        )}
        <span className="grow" />
        <span className="bar-key wide-only">
          <span className="swatch swatch-used" /> used
          <span className="swatch swatch-asked" /> requested
          <span className="swatch swatch-mark" /> recommended
        </span>
      </div>

      <div className="card table-card">
        {list.isError && !list.data ? (
          <Failure error={list.error} retry={() => void list.refetch()} />
        ) : !list.data ? (
          <SkeletonLines lines={10} />
        ) : total === 0 ? (
          <Empty icon="search" title={filtered ? 'No workload matches' : 'No workloads yet'}>
            {filtered ? (
              <button
                className="button"
                onClick={() => {
                  setText('');
                  navigate('/workloads');
                }}
              >
                Clear all filters
              </button>
            ) : (
              'They appear as soon as the cluster has some.'
            )}
          </Empty>
        ) : (
          <div ref={box} className="grid-scroll" role="grid" aria-rowcount={total + 1} aria-label="Workloads">
            <div className="grid-head" role="row" aria-rowindex={1}>
              <span role="columnheader" className="cell cell-select">
                <input
                  type="checkbox"
                  aria-label="Select all that are loaded"
                  checked={allLoaded}
                  ref={(input) => {
                    if (input) input.indeterminate = !allLoaded && ids.length > 0;
                  }}
                  onChange={() => table.toggleAllRowsSelected(!allLoaded)}
                />
              </span>
              {table.getHeaderGroups()[0].headers.map((header) => {
                const sorted = header.column.getIsSorted();
                return (
                  <span
                    key={header.id}
                    role="columnheader"
                    className={`cell cell-${header.id}`}
                    aria-sort={sorted ? (sorted === 'desc' ? 'descending' : 'ascending') : undefined}
                  >
                    {header.column.columnDef.enableSorting === false ? (
                      flexRender(header.column.columnDef.header, header.getContext())
                    ) : (
                      <button
                        className={`sort ${sorted ? 'on' : ''}`}
                        onClick={() =>
                          setQuery({
                            sort: header.id,
                            order: sorted ? (sorted === 'desc' ? 'asc' : 'desc') : header.id === 'name' ? 'asc' : 'desc',
                          })
                        }
                      >
                        {flexRender(header.column.columnDef.header, header.getContext())}
                        <span aria-hidden="true">{sorted === 'asc' ? '↑' : sorted === 'desc' ? '↓' : ''}</span>
                      </button>
                    )}
                  </span>
                );
              })}
            </div>
            <div className="grid-body" style={{ height: virtual.getTotalSize() }}>
              {shown.map((item) => {
                const row = tableRows[item.index];
                return (
                  <div
                    key={row.id}
                    role="row"
                    aria-rowindex={item.index + 2}
                    aria-selected={row.getIsSelected()}
                    data-index={item.index}
                    tabIndex={item.index === focus ? 0 : -1}
                    className={`grid-row ${row.getIsSelected() ? 'selected' : ''}`}
                    style={{ transform: `translateY(${item.start}px)`, height: rowHeight }}
                    onClick={() => navigate(workloadHref(row.id))}
                    onFocus={() => setFocus(item.index)}
                    onKeyDown={(event) => {
                      if (event.target !== event.currentTarget) return;
                      const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
                      if (moves[event.key] !== undefined) {
                        event.preventDefault();
                        focusRow(item.index + moves[event.key]);
                      } else if (event.key === ' ') {
                        event.preventDefault();
                        row.toggleSelected();
                      } else if (event.key === 'Enter') {
                        navigate(workloadHref(row.id));
                      }
                    }}
                  >
                    <span role="gridcell" className="cell cell-select" onClick={(event) => event.stopPropagation()}>
                      <input type="checkbox" tabIndex={-1} aria-label={`Select ${row.original.name}`} checked={row.getIsSelected()} onChange={() => row.toggleSelected()} />
                    </span>
                    {row.getVisibleCells().map((cell) => (
                      <span key={cell.id} role="gridcell" className={`cell cell-${cell.column.id}`}>
                        {flexRender(cell.column.columnDef.cell, cell.getContext())}
                      </span>
                    ))}
                  </div>
                );
              })}
            </div>
          </div>
        )}
      </div>

      {ids.length > 0 && (
        <BulkBar
          ids={ids}
          total={total}
          filter={filter}
          everything={everything}
          offerEverything={allLoaded && total > ids.length}
          onEverything={() => setEverything(true)}
          policies={policies.data?.items.map((policy) => policy.name) ?? []}
          may={mayOperate}
          readOnly={session.data?.read_only ?? false}
          onDone={() => {
            setChosen({});
            setEverything(false);
          }}
        />
      )}
    </div>
  );
}
