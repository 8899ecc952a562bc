package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// measures are what /metrics shows: requests by route, events that could not be delivered, and the process itself. No
// measure names a person, a structure or a supplier.
type measures struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
}

func newMeasures(stamp build, countDead func(context.Context) (int64, error)) *measures {
	m := &measures{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "garant_http_request_duration_seconds", Help: "Time to answer a request, by route and status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"route", "status"}),
	}
	version := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "garant_build_info", Help: "Always 1; its labels tell which program runs.",
		ConstLabels: prometheus.Labels{"version": stamp.version, "commit": stamp.commit},
	})
	version.Set(1)
	dead := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "garant_events_dead", Help: "Events given up after their last attempt; -1 when the store does not answer.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		count, err := countDead(ctx)
		if err != nil {
			return -1
		}
		return float64(count)
	})
	m.registry.MustRegister(m.took, version, dead, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe counts one request.
func (m *measures) observe(route string, status int, took time.Duration) {
	m.took.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// serve answers /metrics on its own address until the context ends.
func (m *measures) serve(ctx context.Context, listener net.Listener) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	closed := context.AfterFunc(ctx, func() { _ = server.Close() }) // a scrape that is cut is made again
	defer closed()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the metrics: %w", err)
	}
	return nil
}
