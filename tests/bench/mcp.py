# Starts bgjob-mcp, and cat as a peer, RUNS times each. Measures the time from the start to the
# first answer, and then the time of a call. Prints rows: what, goal, ours, peer. python3 mcp.py
# RUNS
import json
import os
import statistics
import subprocess
import sys
import time

VERSION = {'io.modelcontextprotocol/protocolVersion': '2026-07-28',
           'io.modelcontextprotocol/clientCapabilities': {}}


def request(method, **params):
    message = {'jsonrpc': '2.0', 'id': 1, 'method': method, 'params': {'_meta': VERSION, **params}}
    return json.dumps(message).encode() + b'\n'


def read_line(fd):
    data = b''
    while not data.endswith(b'\n'):
        piece = os.read(fd, 1 << 20)
        if not piece:
            raise EOFError('it ended')
        data += piece
    return data


def start(command, line):
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    process.stdin.write(line)
    answer = read_line(process.stdout.fileno())
    took = time.perf_counter() - began
    return process, answer, took


def end(process):
    process.stdin.close()
    process.stdout.close()
    if process.wait() != 0:
        raise ValueError('it failed')


def main(runs):
    tools, cats, calls = [], [], []
    call = request('tools/call', name='list_background_jobs')
    for _ in range(runs):
        process, answer, took = start(['bgjob-mcp'], request('tools/list'))
        if len(json.loads(answer)['result']['tools']) < 5:
            raise ValueError(answer)
        tools.append(took)
        began = time.perf_counter()
        process.stdin.write(call)
        answer = read_line(process.stdout.fileno())
        calls.append(time.perf_counter() - began)
        if json.loads(answer)['result']['isError']:
            raise ValueError(answer)
        end(process)
        process, answer, took = start(['cat'], request('tools/list'))
        cats.append(took)
        end(process)

    def ms(samples, p):
        return f'{statistics.quantiles(samples, n=100)[p - 1] * 1000:.2f}'

    print(f"bgjob-mcp, from its start to the answer of tools/list, p50\t<= 5 ms\t{ms(tools, 50)}\t"
          f"{ms(cats, 50)} ms (cat)")
    print(f"the same, p99\t-\t{ms(tools, 99)}\t{ms(cats, 99)} ms (cat)")
    print(f"a call of list_background_jobs, p50\t-\t{ms(calls, 50)}\t-")


main(int(sys.argv[1]))
