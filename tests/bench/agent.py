# Measures what bgjob-agent adds to a turn, beside curl that posts the same questions over one
# connection. The model is a server here that reads a question and has its answer ready: a tool call
# as often as it is told, then words. A turn is a question, an answer, a call carried out, and both
# in the store. What is measured is a whole run less one that is answered at once, by the number of
# turns between, and so for curl. Then jobs are cancelled while the model thinks, until the connection
# is closed. Prints rows: what, goal, ours, peer. python3 agent.py TURNS ROUNDS, beside a pool
import json
import os
import queue
import socket
import statistics
import subprocess
import sys
import threading
import time


def stream(delta, reason):
    pieces = [{'choices': [{'index': 0, 'delta': delta}]},
              {'choices': [{'index': 0, 'delta': {}, 'finish_reason': reason}]},
              {'choices': [], 'usage': {'prompt_tokens': 1000, 'completion_tokens': 20}}]
    body = ''.join(f'data: {json.dumps(piece)}\n\n' for piece in pieces) + 'data: [DONE]\n\n'
    return (f'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n'
            f'Content-Length: {len(body)}\r\n\r\n{body}').encode()


CALL = stream({'role': 'assistant', 'tool_calls': [
    {'index': 0, 'id': 'call_1', 'type': 'function',
     'function': {'name': 'list_background_jobs', 'arguments': '{"status_filter": "all"}'}}]},
    'tool_calls')
WORDS = stream({'role': 'assistant', 'content': 'That is all.'}, 'stop')


class Model:
    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.calls = 0
        self.bodies = None  # a list: questions are kept
        self.thinks = False  # no answer is sent
        self.events = queue.Queue()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with client:
                self.talk(client)

    def talk(self, client):
        data = b''
        while True:
            while b'\r\n\r\n' not in data:
                piece = client.recv(1 << 20)
                if not piece:
                    return
                data += piece
            head, rest = data.split(b'\r\n\r\n', 1)
            fields = dict(line.lower().split(b': ', 1) for line in head.split(b'\r\n')[1:])
            if fields.get(b'expect'):
                client.sendall(b'HTTP/1.1 100 Continue\r\n\r\n')
            pieces, missing = [rest], int(fields[b'content-length']) - len(rest)
            while missing > 0:
                pieces.append(client.recv(missing))
                missing -= len(pieces[-1])
            data = b''
            if self.bodies is not None:
                self.bodies.append(b''.join(pieces))
            if self.thinks:
                self.events.put('asked')
                client.recv(1)
                self.events.put(time.perf_counter())
                return
            self.calls -= 1
            client.sendall(CALL if self.calls >= 0 else WORDS)


def seconds(command):
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.perf_counter() - began


def agent(model, turns, bodies=None):
    model.calls, model.bodies = turns, bodies
    took = seconds(['bgjob-agent', '--max-turns', '10000', 'Look again and again.'])
    if model.calls != -1:
        raise ValueError(f'{model.calls} calls are left')
    return took


def post(model, count):
    model.calls, model.bodies = 1 << 30, None
    return seconds(['curl', '-sSN', '-K', f'curl.{count}'])


# one curl, one connection: each question with the headers that the agent sends
def write_questions(url, bodies, count):
    with open(f'curl.{count}', 'w') as file:
        for i, body in enumerate(bodies[:count]):
            with open(f'question.{i}', 'wb') as question:
                question.write(body)
            file.write(f'{"next" if i else ""}\nurl = "{url}/chat/completions"\nsilent\n'
                       f'header = "Content-Type: application/json"\nheader = "Expect:"\n'
                       f'header = "Accept: text/event-stream"\ndata-binary = "@question.{i}"\n'
                       f'output = "/dev/null"\n')


def measure(model, url, turns, rounds):
    ours, theirs, starts, bodies = [], [], [], []
    agent(model, turns, bodies)
    write_questions(url, bodies, 1)
    write_questions(url, bodies, turns + 1)
    for _ in range(rounds):
        starts.append(agent(model, 0) * 1000)
        ours.append((agent(model, turns) * 1000 - starts[-1]) / turns)
        start = post(model, 1)
        theirs.append((post(model, turns + 1) - start) * 1000 / turns)
    return [statistics.median(samples) for samples in (ours, theirs, starts)] + [len(bodies[-1])]


def cancel(model):
    model.thinks = True
    job = subprocess.run(['bgjob-submit', '--', 'bgjob-agent', 'Think.'], check=True,
                         stdout=subprocess.PIPE, text=True).stdout.strip()
    model.events.get(timeout=60)
    began = time.perf_counter()
    subprocess.run(['bgjob-cancel', job], check=True, stdout=subprocess.DEVNULL)
    took = model.events.get(timeout=60) - began
    subprocess.run(['bgjob-wait', job], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    model.thinks = False
    return took * 1000


def main(turns, rounds):
    model = Model()
    url = f'http://127.0.0.1:{model.listener.getsockname()[1]}/v1'
    os.environ.update(BGJOB_LLM_URL=url, BGJOB_LLM_MODEL='bench')
    for count, times in ((turns // 10, 3 * rounds), (turns, rounds)):
        ours, theirs, start, size = measure(model, url, count, times)
        print(f'bgjob-agent, a turn beyond curl, of {count}, up to {size // 1024} KiB asked\t'
              f'<= 5 ms\t{ours - theirs:.2f}\t{theirs:.2f} ms (curl), {ours:.2f} ms (all of ours)')
    print(f'bgjob-agent, a run that is answered at once\t-\t{start:.2f}\t-')
    times = [cancel(model) for _ in range(10 * rounds)]
    print(f'bgjob-cancel until the request to the model is dropped, worst of {len(times)}\t'
          f'<= 1000 ms\t{max(times):.2f}\t-')


main(int(sys.argv[1]), int(sys.argv[2]))
