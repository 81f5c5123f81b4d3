# Other programs: their input, output, status and time limit.
import subprocess
import sys
r = subprocess.run(["sh", "-c", "cat; echo err >&2; exit 3"], input=b"data", capture_output=True); print(r.returncode, r.stdout, r.stderr)
print(subprocess.check_output(["echo", "hi"], text=True), subprocess.getoutput("pwd; false") != "")
try: subprocess.run(["sleep", "5"], timeout=0.1)
except subprocess.TimeoutExpired as e: print("timeout")
try: subprocess.run(["/no/such"])
except FileNotFoundError as e: print(e)
try: subprocess.check_call(["false"])
except subprocess.CalledProcessError as e: print(e)
p = subprocess.Popen(["sh", "-c", "read x; echo got $x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/")
print(p.communicate(b"line\n")); 
with subprocess.Popen(["echo", "zz"], stdout=subprocess.PIPE) as p: print(p.stdout.read())
print(p.wait(), subprocess.run([sys.executable, "-c", "print(1+1)"], capture_output=True).stdout, subprocess.run(["env"], env={"A": "1"}, stdout=subprocess.PIPE).stdout)
# SPDX-License-Identifier: MIT
