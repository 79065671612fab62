'use strict';

const POLL_MILLIS = 500;
const MOST_CHANGES = 10;

const byId = id => document.getElementById(id);
const cards = new Map();

/** A ballot as people say it: its number, and who made it. */
function ballot(value) {
  return value ? `${value.n} of node ${value.pid}` : '–';
}

/** ISO 8601 durations of the endpoint are shorter than a minute where they matter. */
function duration(text) {
  const seconds = /^PT([\d.]+)S$/.exec(text ?? '');
  return seconds ? `${Math.round(Number(seconds[1]) * 1000)} ms` : (text ?? '–');
}

function time(text) {
  return new Date(text).toLocaleTimeString([], { hour12: false });
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** Writes only what changed, so that neither selection nor screen readers are disturbed. */
function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

function kindOf(node) {
  if (node.state === 'ENDED') {
    return { name: 'ended', label: node.exitCode === null ? 'not started' : `ended (exit code ${node.exitCode})` };
  }
  if (node.state === 'PAUSED') {
    return { name: 'paused', label: 'paused' };
  }
  if (!node.status) {
    return { name: 'silent', label: 'no answer' };
  }
  return node.status.isLeader ? { name: 'leader', label: 'leader' } : { name: 'follower', label: 'follower' };
}

function makeCard(pid) {
  const card = byId('node-template').content.firstElementChild.cloneNode(true);
  const heading = card.querySelector('[data-name]');
  heading.id = `node-${pid}`;
  heading.textContent = `Node ${pid}`;
  card.setAttribute('aria-labelledby', heading.id);
  const group = card.querySelector('.buttons');
  group.setAttribute('aria-labelledby', heading.id);
  for (const button of group.children) {
    button.addEventListener('click', () => act(pid, button.dataset.action));
  }
  byId('nodes').append(card);
  cards.set(pid, card);
  return card;
}

function isPossible(action, node, canPause) {
  switch (action) {
    case 'start': return node.state === 'ENDED';
    case 'pause': return canPause && node.state === 'RUNNING';
    case 'resume': return canPause && node.state === 'PAUSED';
    default: return node.state !== 'ENDED';
  }
}

function showPeers(list, status) {
  const lines = (status?.peers ?? []).map(peer => {
    const heard = peer.lastContact ? `heard ${duration(peer.lastContact)} ago` : 'never heard';
    const reached = peer.reachable ? `reachable in ${duration(peer.roundTrip)}` : 'not reachable';
    return `Node ${peer.pid}: ${reached}, ${heard}`;
  });
  if (lines.length !== list.children.length) {
    list.replaceChildren(...lines.map(line => element('li', line)));
  } else {
    lines.forEach((line, index) => setText(list.children[index], line));
  }
}

function showNode(node, canPause) {
  const card = cards.get(node.pid) ?? makeCard(node.pid);
  const status = node.status;
  const kind = kindOf(node);
  const field = name => card.querySelector(`[data-${name}]`);
  card.className = `node ${kind.name}`;
  setText(field('badge'), kind.label);
  setText(field('link'), node.url);
  field('link').href = `${node.url}/actuator/omnipaxos`;
  setText(field('process'), node.processId === null ? '' : `process ${node.processId}`);
  setText(field('leader'), status?.leader ? `node ${status.leader.pid}` : '–');
  setText(field('token'), status?.fencingToken?.toString() ?? '–');
  setText(field('lease'), duration(status?.leaseRemaining));
  setText(field('ballot'), ballot(status?.promise));
  setText(field('log'), status ? `${status.log.acceptedIndex} / ${status.log.decidedIndex}` : '–');
  setText(field('file'), node.log);
  showPeers(field('peers'), status);
  for (const button of card.querySelectorAll('button')) {
    button.disabled = !isPossible(button.dataset.action, node, canPause);
    if (!canPause && ['pause', 'resume'].includes(button.dataset.action)) {
      button.title = 'This system cannot pause a process';
      setText(button, `${button.dataset.action === 'pause' ? 'Pause' : 'Resume'} (not on this system)`);
    }
  }
}

function showSummary(nodes) {
  const leader = nodes.find(node => node.state === 'RUNNING' && node.status?.isLeader);
  const running = nodes.filter(node => node.state === 'RUNNING').length;
  byId('summary').classList.toggle('led', Boolean(leader));
  setText(byId('summary'), leader
    ? `Node ${leader.pid} leads with fencing token ${leader.status.fencingToken}.`
    : `No node leads now; ${running} of ${nodes.length} run, and it takes ${Math.floor(nodes.length / 2) + 1}.`);
}

function showSettlements(answer) {
  if (!answer) {
    return;
  }
  setText(byId('last'), `up to ${answer.last}`);
  byId('settlements').replaceChildren(...answer.settlements.toReversed().map(settlement => {
    const row = document.createElement('tr');
    row.append(
      element('td', settlement.number),
      element('td', settlement.pid),
      element('td', settlement.token),
      element('td', time(settlement.at)));
    return row;
  }));
}

function showChanges(nodes) {
  const changes = nodes.find(node => node.status)?.status.changes;
  if (!changes) {
    return;
  }
  byId('changes').replaceChildren(...changes.slice(-MOST_CHANGES).toReversed().map(change => {
    const line = document.createElement('li');
    const who = change.leader === null ? 'no leader' : `node ${change.leader} leads`;
    line.append(element('time', time(change.at)), `${who}: ${change.reason}`);
    return line;
  }));
}

function showProblem(text) {
  byId('problem').hidden = !text;
  setText(byId('problem'), text ?? '');
}

async function poll() {
  try {
    const response = await fetch('demo/cluster');
    const cluster = await response.json();
    cluster.nodes.forEach(node => showNode(node, cluster.canPause));
    showSummary(cluster.nodes);
    showSettlements(cluster.settlements);
    showChanges(cluster.nodes);
    if (byId('problem').dataset.kind === 'gone') {
      showProblem(null);
    }
  } catch (gone) {
    byId('problem').dataset.kind = 'gone';
    showProblem('The demo does not answer; was it ended?');
  }
  setTimeout(poll, POLL_MILLIS);
}

async function act(pid, action) {
  const response = await fetch(`demo/nodes/${pid}/${action}`, { method: 'POST' });
  byId('problem').dataset.kind = 'refused';
  showProblem(response.ok ? null : (await response.json()).detail ?? `${action} was refused`);
}

poll();
