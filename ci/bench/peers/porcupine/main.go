// Judges a table of operations with Porcupine, for ci/bench/beside-peers.
//
//	porcupine TABLE SECONDS
//
// A line of the table: key, function, argument, second argument, result, call, return, status;
// parted by tabs, "-" where there is none. Prints one line: verdict, processor seconds and peak
// megabytes of the check alone, parted by tabs.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/anishathalye/porcupine"
)

const none = math.MinInt64

type input struct {
	key                   int64
	function              byte // its first letter
	argument, replacement int64
}

type output struct {
	result int64
	status byte // the first letter of ok, fail or info
}

func number(field string) int64 {
	if field == "-" {
		return none
	}
	value, err := strconv.ParseInt(field, 10, 64)
	if err != nil {
		panic(err)
	}
	return value
}

func read(path string) []porcupine.Operation {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	var operations []porcupine.Operation
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		returned := int64(math.MaxInt64)
		if fields[7] != "info" {
			returned = number(fields[6])
		}
		operations = append(operations, porcupine.Operation{
			ClientId: 0,
			Input:    input{number(fields[0]), fields[1][0], number(fields[2]), number(fields[3])},
			Call:     number(fields[5]),
			Output:   output{number(fields[4]), fields[7][0]},
			Return:   returned,
		})
	}
	return operations
}

func byKey(history []porcupine.Operation) [][]porcupine.Operation {
	places := map[int64]int{}
	var parts [][]porcupine.Operation
	for _, operation := range history {
		key := operation.Input.(input).key
		place, known := places[key]
		if !known {
			place = len(parts)
			places[key] = place
			parts = append(parts, nil)
		}
		parts[place] = append(parts[place], operation)
	}
	return parts
}

var register = porcupine.Model{
	Partition: byKey,
	Init:      func() interface{} { return int64(none) },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		current, asked, answered := state.(int64), in.(input), out.(output)
		switch asked.function {
		case 'r':
			return answered.status == 'i' || answered.result == current, current
		case 'w':
			return true, asked.argument
		default: // cas
			matches := current == asked.argument
			if answered.status == 'f' {
				return !matches, current
			}
			if matches {
				return true, asked.replacement
			}
			return answered.status == 'i', current
		}
	},
}

// The contents are a string of decimal numbers, as states must be values that can be compared.
var queue = porcupine.Model{
	Partition: byKey,
	Init:      func() interface{} { return "" },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		held, asked, answered := state.(string), in.(input), out.(output)
		if asked.function == 'e' {
			return true, held + strconv.FormatInt(asked.argument, 10) + " "
		}
		if held == "" {
			return answered.status == 'i' || answered.result == none, held
		}
		first := strings.IndexByte(held, ' ')
		if answered.status == 'i' {
			return true, held[first+1:]
		}
		return held[:first] == strconv.FormatInt(answered.result, 10), held[first+1:]
	},
}

func processorSeconds() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}

func megabytes(line string) float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for _, text := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(text, line) {
			value, _ := strconv.ParseFloat(strings.Fields(text)[1], 64)
			return value / 1024
		}
	}
	return 0
}

func main() {
	history := read(os.Args[1])
	seconds, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	model := register
	if function := history[0].Input.(input).function; function == 'e' || function == 'd' {
		model = queue
	}
	runtime.GC()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	before, began := megabytes("VmRSS:"), processorSeconds()
	result := porcupine.CheckOperationsTimeout(model, history, time.Duration(seconds)*time.Second)
	took := processorSeconds() - began
	verdict := map[porcupine.CheckResult]string{
		porcupine.Ok: "valid", porcupine.Illegal: "invalid", porcupine.Unknown: "unknown"}[result]
	fmt.Printf("%s\t%.6f\t%.1f\n", verdict, took, megabytes("VmHWM:")-before)
}
