"""placeholder"""
import processes
class Skip(Exception):
    pass
ALL = {}
def end_processes(store):
    processes.end_all(store.home)
